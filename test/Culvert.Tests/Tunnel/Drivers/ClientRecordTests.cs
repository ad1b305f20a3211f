using System.Diagnostics;
using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class ClientRecordTests
{
    [Theory]
    [InlineData("12 (openvpn) S 1 12 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", 4711UL)]
    [InlineData("12 (a ) b) S 1 12 12 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", 4711UL)]
    [InlineData("12 (openvpn) S 1 12", null)]
    [InlineData("", null)]
    public void The_start_time_is_read_past_any_name(string stat, ulong? start) => Assert.Equal(start, ClientRecord.ParseStartTime(stat));

    [Fact]
    public async Task A_client_that_is_still_the_one_recorded_is_killed_and_another_with_its_number_is_not()
    {
        using var folder = new TemporaryFolder();
        using var client = Process.Start("sleep", "1000");
        ClientRecord.Write(folder.PathOf("client"), client.Id);
        var record = ClientRecord.Read(folder.PathOf("client"))!;
        Assert.False(await (record with { StartTime = record.StartTime + 1 }).KillAsync(TestContext.Current.CancellationToken));
        Assert.False(client.HasExited);
        Assert.True(await record.KillAsync(TestContext.Current.CancellationToken));
        Assert.True(client.HasExited);
        Assert.False(await record.KillAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("x y")]
    [InlineData("-1 5")]
    public void A_broken_record_is_none(string text)
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ClientRecord.Read(folder.Write("client", text)));
        Assert.Null(ClientRecord.Read(folder.PathOf("nowhere")));
    }
}
