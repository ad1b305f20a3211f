using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Probes;

/// <summary>Probes against a listener on loopback that gives one answer to whatever it hears.</summary>
public sealed class LoopbackProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_GET_tells_status_and_body_and_sends_the_headers_given()
    {
        var (answer, heard) = await GetAsync("HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n203.0.113.7\r\n", proxy: false);
        Assert.Equal((true, 200, "203.0.113.7"), (answer.Answered, answer.Status, answer.Answer));
        Assert.Contains("X-Api-Key: canary\r\n", heard);
        Assert.DoesNotContain("canary", answer.Target);
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed() => Assert.Equal(
        302, (await GetAsync("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", proxy: false)).Answer.Status);

    [Fact]
    public async Task Through_a_proxy_the_name_goes_to_the_proxy_unresolved()
    {
        var (answer, heard) = await GetAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", proxy: true);
        Assert.Equal("ok", answer.Answer);
        Assert.StartsWith("GET http://nowhere.invalid/ip HTTP/1.1\r\n", heard);
        Assert.Contains("via http://127.0.0.1:", answer.Target);
    }

    [Fact]
    public async Task A_refused_connection_is_no_answer_with_the_kernels_word()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var answer = await TcpProbe.RunAsync("127.0.0.1", ((IPEndPoint)closed.LocalEndPoint!).Port, null, null, null, Timeout, Token);
        Assert.Equal((false, "Connection refused (ConnectionRefused)"), (answer.Answered, answer.Failure));
    }

    [Fact]
    public async Task A_TCP_exchange_tells_the_first_line()
    {
        using var server = Listen();
        var serving = ServeAsync(server, "HTTP/1.1 407 Proxy Authentication Required\r\nmore\r\n");
        var answer = await TcpProbe.RunAsync("127.0.0.1", PortOf(server), null, null, "hello\r\n\r\n"u8.ToArray(), Timeout, Token);
        Assert.Equal("HTTP/1.1 407 Proxy Authentication Required", answer.Answer);
        Assert.Equal("hello\r\n\r\n", await serving);
    }

    [Fact]
    public async Task A_datagram_that_is_answered_is_an_answer()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var probing = UdpProbe.RunAsync((IPEndPoint)server.Client.LocalEndPoint!, null, null, Timeout, Token);
        var heard = await server.ReceiveAsync(Token);
        await server.SendAsync(new byte[5], heard.RemoteEndPoint, Token);
        Assert.Equal("5 bytes", (await probing).Answer);
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_a_failure_and_no_crash() =>
        Assert.False((await UdpProbe.RunAsync(new IPEndPoint(IPAddress.Loopback, 9), "nothing0", null, Timeout, Token)).Answered);

    private static async Task<(ProbeAnswer Answer, string Heard)> GetAsync(string response, bool proxy)
    {
        using var server = Listen();
        var serving = ServeAsync(server, response);
        var own = new Uri($"http://127.0.0.1:{PortOf(server)}/ip");
        var secrets = ProbeSecrets.None with { Headers = new Dictionary<string, string> { ["X-Api-Key"] = "canary" } };
        var options = new HttpProbeOptions(proxy ? new Uri($"http://127.0.0.1:{PortOf(server)}") : null, null, null, Timeout, secrets);
        return (await HttpProbe.RunAsync([proxy ? new Uri("http://nowhere.invalid/ip") : own], options, Token), await serving);
    }

    private static TcpListener Listen()
    {
        var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    private static int PortOf(TcpListener server) => ((IPEndPoint)server.LocalEndpoint).Port;

    private static async Task<string> ServeAsync(TcpListener server, string response)
    {
        using var client = await server.AcceptTcpClientAsync(Token);
        var heard = new StringBuilder();
        var buffer = new byte[4096];
        while (!heard.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            heard.Append(Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, Token)));
        }

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(response), Token);
        return heard.ToString();
    }
}
