using System.Net;
using System.Net.Sockets;
using Culvert.DnsMessages;
using Culvert.Stack;
using Culvert.Tests.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Probes;

/// <summary>Real packets in a namespace with a way out, as an application has one.</summary>
public sealed class CallProbeTests
{
    private const string There = "192.0.2.2";
    private static readonly int[] Served = [8443, 1080];
    private static readonly IPAddress Proxy = IPAddress.Parse("192.0.2.3");

    [Fact]
    public async Task Sees_a_name_in_tls_and_in_a_question_and_nothing_of_other_names()
    {
        var report = await WatchAsync(() =>
        {
            Call(There, 8443, ClientHello.Naming("api.openai.com"));
            Call(There, 8443, ClientHello.Naming("www.example.org"));
            Ask(IPAddress.Parse(There), 53, "openrouter.ai");
            Ask(IPAddress.Parse(There), 53, "www.example.org");
            // Docker's resolver has a port of its own choice; the interface is loopback.
            Ask(IPAddress.Parse("127.0.0.11"), 40123, "API.Anthropic.COM");
            Ask(IPAddress.Parse(There), 53, "llm.my.example");
        });
        Assert.Null(report.Doubt);
        Assert.Equal(
            [
                $"TLS to api.openai.com by app0, {There}:8443, 1 packet", "a DNS question for api.anthropic.com by lo, 127.0.0.11:40123, 1 packet",
                $"a DNS question for llm.my.example by app0, {There}:53, 1 packet", $"a DNS question for openrouter.ai by app0, {There}:53, 1 packet",
            ],
            report.Calls.Select(call => call.Describe()).Order(StringComparer.Ordinal));
        Assert.Equal(["app0", "lo"], report.Proofs.Select(proof => proof.Interface).Order(StringComparer.Ordinal));
        Assert.All(report.Proofs, proof => Assert.Equal((4, 4), (proof.Sent, proof.Seen)));
    }

    [Fact]
    public async Task A_name_that_comes_in_two_segments_is_read()
    {
        var hello = ClientHello.Naming("chat.mistral.ai");
        var report = await WatchAsync(() => Call(There, 8443, hello[..50], hello[50..]));
        Assert.Equal("chat.mistral.ai", Assert.Single(report.Calls).Name);
    }

    [Fact]
    public async Task A_call_by_the_proxy_is_right_and_the_same_bytes_to_another_port_of_it_are_not()
    {
        var hello = ClientHello.Naming("api.openai.com");
        Assert.Empty((await WatchAsync(() => Call($"{Proxy}", 1080, hello))).Calls);
        Assert.Equal($"{Proxy}:8443", Assert.Single((await WatchAsync(() => Call($"{Proxy}", 8443, hello))).Calls).Destination);
    }

    [Fact]
    public async Task An_address_of_a_provider_is_told_where_no_name_explains_it()
    {
        var address = IPAddress.Parse(There);
        Assert.Equal(CallKind.Address, Assert.Single((await WatchAsync(() => Ask(address, 443, "quic"), address)).Calls).Kind);
        Assert.Empty((await WatchAsync(() => Call(There, 8443, ClientHello.Naming("www.example.org")), address)).Calls);
    }

    private static async Task<CallReport> WatchAsync(Action calls, params IReadOnlyList<IPAddress> addresses)
    {
        await using var app = await TestNamespace.CreateAsync();
        await using var other = await TestNamespace.CreateAsync();
        await app.ConnectAsync("app0", "192.0.2.1/24", other, "peer0", $"{There}/24");
        await other.IpAsync($"address add {Proxy}/24 dev peer0");
        using var stop = new CancellationTokenSource();
        using var listening = new ManualResetEventSlim();
        var servers = new Thread(() => other.Inside(() =>
        {
            Serve(listening, stop.Token);
            return 0;
        }));
        servers.Start();
        listening.Wait(TestContext.Current.CancellationToken);
        var watch = new CallWatch(CallWatch.ProvidersOf([new DomainSuffix("my.example")]), addresses.ToDictionary(address => address, _ => "api.example"), Proxy);
        var report = app.Inside(() => CallProbe.Run(
            watch,
            () =>
            {
                calls();
                stop.Cancel();
            },
            stop.Token));
        servers.Join();
        return report;
    }

    /// <summary>Accepts and says nothing, until it is over.</summary>
    private static void Serve(ManualResetEventSlim listening, CancellationToken stop)
    {
        var ports = Served.Select(port =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen();
            return socket;
        }).ToList();
        listening.Set();
        stop.WaitHandle.WaitOne();
        ports.ForEach(socket => socket.Dispose());
    }

    private static void Call(string address, int port, params IReadOnlyList<byte[]> segments)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(address), port);
        foreach (var segment in segments)
        {
            socket.Send(segment);
        }
    }

    private static void Ask(IPAddress server, int port, string name)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo(DnsMessage.Question(7, name), new IPEndPoint(server, port));
    }
}
