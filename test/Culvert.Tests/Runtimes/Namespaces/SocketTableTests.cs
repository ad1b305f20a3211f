using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class SocketTableTests
{
    // As the kernel prints them: a listener, an established connection, an unconnected UDP socket.
    private const string Table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0438 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1090        0 1001 1 0000000000000000 100 0 0 10 0
           1: 0100007F:C350 0100007F:0442 01 00000000:00000000 00:00000000 00000000  1000        0 1002 1 0000000000000000 20 4 30 10 -1
           2: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000  1053        0 1003 2 0000000000000000 0
           3: 00000000000000000000000000000000:0442 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1090        0 1004 1 0

        """;

    [Fact]
    public void Ports_that_wait_for_others_are_open_and_those_of_connections_are_not() =>
        Assert.Equal([53, 1080, 1090], SocketTable.OpenPorts(Table).Order());

    [Fact]
    public void What_answers_the_VPN_client_alone_is_no_resolver() => Assert.Equal(
        [1080, 1090], SocketTable.OpenPorts(Table.Replace("0100007F:0035", "3600007F:0035", StringComparison.Ordinal)).Order());

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st\n")]
    public void An_empty_table_has_none(string table) => Assert.Empty(SocketTable.OpenPorts(table));
}
