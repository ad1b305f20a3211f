using Culvert.Verification;

namespace Culvert.Tests.Verification;

public sealed class ListenerTests
{
    private const string Output = """
        LISTEN 0      128        127.0.0.1:1080       0.0.0.0:*    users:(("culvert",pid=7,fd=3))
        LISTEN 0      4096         0.0.0.0:1090       0.0.0.0:*
        LISTEN 0      511             [::]:1080          [::]:*    users:(("nginx",pid=8,fd=4))
        LISTEN 0      4096   127.0.0.53%lo:53         0.0.0.0:*
        LISTEN 0      1                  *:1080             *:*    users:(("docker-proxy",pid=9,fd=4))
        something else
        """;

    [Fact]
    public void Are_read_as_ss_prints_them() => Assert.Equal(
        [
            new Listener("127.0.0.1", 1080, "((\"culvert\",pid=7,fd=3))"),
            new Listener("0.0.0.0", 1090, ""),
            new Listener("[::]", 1080, "((\"nginx\",pid=8,fd=4))"),
            new Listener("127.0.0.53%lo", 53, ""),
            new Listener("*", 1080, "((\"docker-proxy\",pid=9,fd=4))"),
        ],
        Listener.Parse(Output));

    [Fact]
    public void One_of_an_unknown_owner_may_be_ours_and_one_of_another_program_is_not() => Assert.Equal(
        [true, true, false, true, true], Listener.Parse(Output).Select(listener => listener.MayBeOurs));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:1080", true)]
    [InlineData("127.0.0.1", "192.0.2.1:1080", false)]
    [InlineData("0.0.0.0", "192.0.2.1:1080", true)]
    [InlineData("0.0.0.0", "198.51.100.1:1080", false)]
    [InlineData("*", "[2001:db8::1]:1080", true)]
    [InlineData("127.0.0.1", "127.0.0.1:1090", false)]
    public void A_connection_is_theirs_by_address_and_port(string address, string target, bool expected) =>
        Assert.Equal(expected, new Listener(address, 1080, "x").Answers(target, ["192.0.2.1", "2001:db8::1"]));
}
