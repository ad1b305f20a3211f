using System.Net;
using System.Net.Sockets;
using Culvert.DnsMessages;
using Culvert.Stack;
using Culvert.Tests.Stack;
using Culvert.Tunnel.Bootstrap;

namespace Culvert.Tests.Tunnel.Bootstrap;

/// <summary>Over the loopback interface, with an upstream that is not there; one that is, the system tests have.</summary>
public sealed class BootstrapResolverTests : IDisposable
{
    private static readonly byte[] Query = DnsMessage.Question(0x1234, "api.example");
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_upstream_it_says_so_over_udp_and_over_tcp_and_what_is_no_question_gets_no_answer()
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        ReportFile.Write(Run.NamespaceReport, new NamespaceReport(new InterfaceReport("lo", "127.0.0.1", 8, null), null, [], "", DateTimeOffset.UnixEpoch));
        var upstream = new BootstrapUpstream([new DnsUpstream(IPAddress.Loopback, FreePort(), "dns.example")], TimeProvider.System);
        var serving = new BootstrapResolver(upstream, address, Run, TimeProvider.System, TextWriter.Null).RunAsync(stop.Token);

        using var udp = new UdpClient();
        udp.Connect(address);
        await udp.SendAsync("this is no question at all"u8.ToArray(), Token);
        await udp.SendAsync(Query, Token);
        Assert.Equal("SERVFAIL", $"{DnsMessage.Parse((await udp.ReceiveAsync(Token)).Buffer, 0x1234)}");

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address, Token);
        var answer = new byte[Query.Length + 2];
        for (var time = 0; time < 2; time++)
        {
            await tcp.GetStream().WriteAsync(BootstrapUpstream.Framed(Query), Token);
            await tcp.GetStream().ReadExactlyAsync(answer, Token);
            Assert.Equal("SERVFAIL", $"{DnsMessage.Parse(answer.AsSpan(2), 0x1234)}");
        }

        await stop.CancelAsync();
        await serving;
    }

    public void Dispose() => folder.Dispose();

    private RunDirectory Run => new(folder.Path);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
