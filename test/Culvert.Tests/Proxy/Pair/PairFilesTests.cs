using Culvert.Proxy.Pair;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Proxy.Pair;

public sealed class PairFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Each_file_is_its_owners_to_read_and_may_be_written_again()
    {
        for (var time = 0; time < 2; time++)
        {
            PairFiles.Write(PairSetups.Of(), folder.Path);
        }

        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("p@ss")]
    [InlineData("two words")]
    [InlineData("#")]
    [InlineData("ünï")]
    public void A_password_that_Tinyproxy_cannot_be_told_is_refused_without_a_part_of_it(string password)
    {
        var problem = Assert.Single(PairCredentials.Problems(Settings("alice", password)));
        Assert.DoesNotContain(password, problem.Replace(folder.Path, "", StringComparison.Ordinal).Split(':')[^1].Split(';')[0].Replace("'-'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("engine: culvert", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_that_Tinyproxy_cannot_be_told_is_refused() =>
        Assert.Contains("a@b", Assert.Single(PairCredentials.Problems(Settings("a@b", "right-one"))), StringComparison.Ordinal);

    [Fact]
    public void What_it_can_be_told_is_taken() => Assert.Equal(
        ("alice", "Right_1.-"), Assert.Single(PairCredentials.Of(Settings("alice", "Right_1.-"))) is var one ? (one.Name, one.Password.Reveal()) : default);

    [Fact]
    public void Connections_of_clients_are_counted_and_no_others() => Assert.Equal(2, ClientSockets.Count(
        [
            "  sl  local_address rem_address   st tx_queue rx_queue",
            "   0: 00000000:0438 00000000:0000 0A 00000000:00000000",
            "   1: 0100007F:0438 0100007F:9C40 01 00000000:00000000",
            "   2: 0262A8AC:0442 0362A8AC:9C41 01 00000000:00000000",
            "   3: 0100007F:9C40 0100007F:0438 01 00000000:00000000",
            "   4: 0100007F:0438 0100007F:9C42 06 00000000:00000000",
        ],
        Role.SocksPort, Role.HttpPort));

    public void Dispose() => folder.Dispose();

    private ProxySettings Settings(string user, string password) => new(
        ProxyEngine.DanteAndTinyproxy, [new ProxyUser(user, new SecretFile("proxy.users.x", folder.Write("password", password + "\n")))], DestinationScope.Public, [], [443]);
}
