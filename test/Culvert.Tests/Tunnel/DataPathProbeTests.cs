using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Stack;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>Probes over the loopback interface, with real sockets.</summary>
public sealed class DataPathProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_target_that_accepts_is_an_answer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.Equal(new TunnelEvent.Probed(3, Answered: true, null, Asked: false), await Probe("lo", Silent, listener.LocalEndpoint).RunAsync(3, askProviders: false, Token));
    }

    [Fact]
    public async Task A_refusal_is_an_answer_where_nobody_is_asked_who_always_accepts() => Assert.True((await Probe("lo", await ClosedAsync()).RunAsync(3, askProviders: false, Token)).Answered);

    /// <summary>As behind an exit that resets everything.</summary>
    [Fact]
    public async Task A_refusal_by_all_is_none_where_a_provider_is_among_them()
    {
        EndPoint provider = new DnsEndPoint("localhost", ((IPEndPoint)await ClosedAsync()).Port);
        Assert.False((await Probe("lo", await ClosedAsync(), provider).RunAsync(3, askProviders: true, Token)).Answered);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.True((await Probe("lo", await ClosedAsync(), provider, listener.LocalEndpoint).RunAsync(3, askProviders: false, Token)).Answered);
    }

    [Fact]
    public async Task Silence_and_an_interface_that_is_not_there_are_none()
    {
        Assert.False((await Probe("lo", Silent).RunAsync(3, askProviders: false, Token)).Answered);
        Assert.False((await Probe("nowhere0", await ClosedAsync()).RunAsync(3, askProviders: true, Token)).Answered);
        Assert.False((await Probe("lo").RunAsync(3, askProviders: false, Token)).Answered);
    }

    [Theory]
    [InlineData(403, """{"error":{"code":"unsupported_country_region_territory"}}""", "Somebody does not serve this exit's region (HTTP 403)")]
    [InlineData(451, "", "Somebody does not serve this exit's region (HTTP 451)")]
    [InlineData(403, "some other reason", null)]
    [InlineData(401, "no key", null)]
    [InlineData(500, "unsupported_country", null)]
    public async Task A_provider_is_heard_that_does_not_serve_the_region(int status, string body, string? refusal)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(new ProviderAnswers(refusal, AreWhole: true), await new ProviderProbes("lo", [Provider(port)], TimeProvider.System).AskAsync(Token));
        Assert.StartsWith("GET /v1/models HTTP/1.1\r\n", await serving, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", await serving, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_refuses_nothing_and_that_is_told()
    {
        var probe = new DataPathProbe("lo", [await ClosedAsync()], new ProviderProbes("lo", [Provider(((IPEndPoint)await ClosedAsync()).Port)], TimeProvider.System), TimeProvider.System);
        Assert.Equal(new TunnelEvent.Probed(3, Answered: true, null, Asked: true) { Unanswered = true }, await probe.RunAsync(3, askProviders: true, Token));
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_yet_is_tried_again()
    {
        var closed = (IPEndPoint)await ClosedAsync();
        var asking = new ProviderProbes("lo", [Provider(closed.Port)], TimeProvider.System).AskAsync(Token);
        await Task.Delay(TimeSpan.FromMilliseconds(400), Token);
        using var listener = new TcpListener(closed);
        listener.Start();
        var serving = ServeAsync(listener, "HTTP/1.1 451 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Equal(new ProviderAnswers("Somebody does not serve this exit's region (HTTP 451)", AreWhole: true), await asking);
        await serving;
    }

    [Fact]
    public async Task Both_are_told_in_one_event()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = ServeAsync(listener, "HTTP/1.1 451 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var probe = new DataPathProbe("lo", [await ClosedAsync()], new ProviderProbes("lo", [Provider(port)], TimeProvider.System), TimeProvider.System);
        Assert.Equal(new TunnelEvent.Probed(3, Answered: true, "Somebody does not serve this exit's region (HTTP 451)", Asked: true), await probe.RunAsync(3, askProviders: true, Token));
        await serving;
    }

    // A listener whose queue is full does not answer.
    private static readonly IPEndPoint Silent = FullQueue();

    private static IPEndPoint FullQueue()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It waits for ever; that is the point.
            }

            Keep(filler);
        }

        Keep(listener);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private static void Keep(Socket socket) => GC.KeepAlive(System.Runtime.InteropServices.GCHandle.Alloc(socket));

    private static DataPathProbe Probe(string device, params EndPoint[] targets) =>
        new(device, targets, new ProviderProbes(device, [], TimeProvider.System), TimeProvider.System);

    private static LlmProvider Provider(int port) =>
        new("somebody", "Somebody", [], Culvert.Stack.Catalogue.ProviderCatalogue.UsualProbe("localhost") with { Url = new Uri($"http://localhost:{port}/v1/models") });

    private static async Task<EndPoint> ClosedAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await Task.Yield();
        return listener.LocalEndpoint;
    }

    private static async Task<string> ServeAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        var stream = client.GetStream();
        var asked = new byte[4096];
        var length = await stream.ReadAsync(asked, Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
        return Encoding.ASCII.GetString(asked, 0, length);
    }
}
