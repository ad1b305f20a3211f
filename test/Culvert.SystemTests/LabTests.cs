using System.Net;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests;

/// <summary>The lab proves itself: what it is to notice, it notices, exactly.</summary>
public sealed class LabTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private readonly LabInternet lab = fixture.Internet;
    private readonly LabBox box = fixture.Box;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> ClientNames => [.. LlmClient.All.Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(ClientNames))]
    public async Task A_call_made_straight_from_the_host_is_recorded_with_its_address(string name)
    {
        var client = LlmClient.All.Single(candidate => candidate.Name == name);
        var call = await new CallMaker(lab).CallAsync(client, CallRoute.Straight, LabAddresses.Providers[0], Token);
        Assert.True(call.Answered, call.Detail);
        Assert.Equal($"{LabAddresses.Host}", call.Record?.Peer);
        Assert.Equal("api.openai.com", call.Record?.Sni);
        Assert.True(call.Record is { Stream: true, Completed: true, Status: 200, Scheme: "https" }, $"{call.Record}");
        Assert.Contains("sees you at 192.0.2.10", call.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("198.51.100.10", 9, "udp")]
    [InlineData("8.8.8.8", 53, "dns")]
    [InlineData("2001:db8:100::20", 9, "ipv6")]
    [InlineData("203.0.113.11", 9, "udp")]
    public async Task A_datagram_outside_the_carrier_is_counted_exactly_once(string address, int port, string kind)
    {
        await AnnounceAsync();
        var before = await lab.Counters.ReadAsync(Token);
        await lab.Host.RequireAsync(RepositoryFiles.Python, ["-c", SendOne, address, $"{port}"], Token);
        var seen = (await lab.Counters.ReadAsync(Token)).Since(before);
        Assert.Equal(1, seen.Leaked);
        Assert.Equal(1, kind switch { "udp" => seen.Udp.Packets, "dns" => seen.Dns.Packets, _ => seen.Ipv6.Packets });
    }

    [Theory]
    [InlineData("203.0.113.11", "203.0.113.11", 1194, true)]
    [InlineData("203.0.113.11", "203.0.113.11", 443, false)]
    [InlineData("203.0.113.11", "192.0.2.10", 1194, false)]
    [InlineData("198.51.100.10", "203.0.113.11", 1194, false)]
    public async Task An_exits_own_carrier_packet_that_comes_back_to_it_is_told_from_every_other_icmp(string to, string quotedSource, int quotedPort, bool undelivered)
    {
        const string Unreachable = """
            import socket, struct, sys
            to, source, port = sys.argv[1:]
            def checksum(data):
                total = sum(struct.unpack(f"!{len(data) // 2}H", data))
                while total >> 16: total = (total & 0xffff) + (total >> 16)
                return ~total & 0xffff
            quoted = struct.pack("!BBHHHBBH4s4sHHI", 0x45, 0, 40, 1, 0, 60, 6, 0, socket.inet_aton(source), socket.inet_aton("192.0.2.10"), int(port), 40000, 1)
            error = struct.pack("!BBHI", 3, 1, 0, 0) + quoted
            error = error[:2] + struct.pack("!H", checksum(error)) + error[4:]
            socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(error, (to, 0))
            """;
        await AnnounceAsync();
        var before = await lab.Counters.ReadAsync(Token);
        await lab.Host.RequireAsync(RepositoryFiles.Python, ["-c", Unreachable, to, quotedSource, $"{quotedPort}"], Token);
        var seen = (await lab.Counters.ReadAsync(Token)).Since(before);
        Assert.Equal((1, undelivered ? 1 : 0, undelivered ? 0 : 1), (seen.Leaked, seen.Undelivered.Packets, seen.Icmp.Packets));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_carries_a_call_to_the_exit_and_only_carrier_is_counted(bool udp)
    {
        await using var own = await LabInternet.StartAsync(Token);
        if (udp)
        {
            await own.Exit1.RestartAsync(ExitOptions.Default with { Udp = true }, Token);
        }

        var before = await own.Counters.ReadAsync(Token);
        await using var client = await own.Host.StartAsync(
            "openvpn", ["--config", $"{StackInput.Folder}/exit1{(udp ? "-udp" : "")}.ovpn"], LabCommandOptions.None, Token);
        await client.WaitForLineAsync(line => line.Contains("Initialization Sequence Completed", StringComparison.Ordinal), TimeSpan.FromSeconds(20), Token);
        var answer = await own.Host.RequireAsync(
            "curl", ["-sS", "--resolve", $"api.ipify.org:443:{LabAddresses.Providers[3].Address}", "https://api.ipify.org/"], Token);
        var seen = (await own.Counters.ReadAsync(Token)).Since(before);
        Assert.Equal($"{own.Exit1.Address}", answer);
        Assert.True(seen.Carrier.Packets > 10, $"{seen}");
        // The client's own redirect-gateway leaves IPv6 and the host's network alone, and nothing used them.
        Assert.Equal(0, seen.Leaked);
    }

    [Theory]
    [InlineData("192.0.2.53", "+notcp", "udp")]
    [InlineData("8.8.8.8", "+notcp", "udp")]
    [InlineData("1.1.1.1", "+tcp", "tcp")]
    public async Task The_eavesdropper_answers_and_writes_down_every_query(string resolver, string transport, string protocol)
    {
        var name = $"n{Guid.NewGuid():n}.example";
        var answer = await lab.Host.RequireAsync("dig", ["+short", transport, $"@{resolver}", "api.openai.com"], Token);
        await lab.Host.RunAsync("dig", ["+tries=1", transport, $"@{resolver}", name], Token);
        Assert.Equal("198.51.100.10", answer.Trim());
        var heard = Assert.Single(lab.Eavesdropper.Heard, query => query.Name == name);
        Assert.Equal((protocol, resolver, "192.0.2.10"), (heard.Protocol, heard.To, heard.From));
    }

    [Fact]
    public async Task The_resolver_answers_over_tls_under_its_name_and_the_eavesdropper_hears_nothing()
    {
        var before = lab.Eavesdropper.Heard.Count(query => query.Name == "api.anthropic.com");
        var answer = await lab.Host.RequireAsync(
            "dig", ["+short", "+tls", "+tls-ca", "+tls-hostname=dns.lab.example", "@198.51.100.53", "api.anthropic.com"], Token);
        Assert.Equal("198.51.100.30", answer.Trim());
        Assert.Equal(before, lab.Eavesdropper.Heard.Count(query => query.Name == "api.anthropic.com"));
        Assert.Contains(lab.Dot.Queries, query => query.Contains("api.anthropic.com. A IN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_provider_without_a_key_answers_401_and_with_one_the_models()
    {
        Assert.Equal("401", await StatusAsync("https://api.openai.com/v1/models"));
        Assert.Equal("200", await StatusAsync("https://api.openai.com/v1/models", "-H", "Authorization: Bearer sk-lab"));
        Assert.Equal("401", await StatusAsync("http://openrouter.ai/api/v1/models"));
    }

    [Fact]
    public async Task A_blocked_region_gets_403_by_the_callers_address()
    {
        await using var own = await LabInternet.StartAsync(Token);
        own.Providers.BlockRegion(LabAddresses.Host);
        var blocked = await own.Host.RequireAsync("curl", ["-sS", "https://api.openai.com/v1/models"], Token);
        own.Providers.BlockRegion(own.Exit1.Address);
        var served = await own.Host.RequireAsync("curl", ["-sS", "https://api.openai.com/v1/models"], Token);
        Assert.Contains("unsupported_country_region_territory", blocked, StringComparison.Ordinal);
        Assert.Contains("invalid_api_key", served, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_its_caller_leaves_is_recorded_as_not_completed()
    {
        var key = CallMaker.NewKey();
        var request = """{"model":"gpt-lab","stream":true,"max_tokens":500,"messages":[]}""";
        var left = await lab.Host.RunAsync(
            "curl", ["-sS", "--max-time", "3", "-H", $"Authorization: Bearer {key}", "-d", request, "https://api.openai.com/v1/chat/completions"], Token);
        var call = await lab.Providers.FindCallAsync(key, TimeSpan.FromSeconds(5), Token);
        Assert.Equal(28, left.ExitCode);
        Assert.True(call is { Completed: false, Stream: true, Chunks: > 0 and < 500 }, $"{call}");
    }

    [Fact]
    public async Task A_silent_exit_stops_answering_and_comes_back()
    {
        await using var own = await LabInternet.StartAsync(Token);
        string[] call = ["-sS", "-4", "--max-time", "1", "http://openrouter.ai/ip"];
        await using var client = await own.Host.StartAsync("openvpn", ["--config", $"{StackInput.Folder}/exit1.ovpn"], LabCommandOptions.None, Token);
        await client.WaitForLineAsync(line => line.Contains("Initialization Sequence Completed", StringComparison.Ordinal), TimeSpan.FromSeconds(20), Token);
        Assert.Equal("203.0.113.11", (await own.Host.RunAsync("curl", call, Token)).Output);
        own.Exit1.Silence();
        Assert.Equal(28, (await own.Host.RunAsync("curl", call, Token)).ExitCode);
        own.Exit1.Resume();
        await WaitAsync(async () => (await own.Host.RunAsync("curl", call, Token)).Output == "203.0.113.11");
    }

    [Fact]
    public async Task Load_from_the_host_is_counted_and_heard()
    {
        await AnnounceAsync();
        var before = await lab.Counters.ReadAsync(Token);
        await using var load = await Load.StartAsync(lab.Host, [], Load.Everywhere, null, Token);
        await WaitAsync(async () => (await lab.Counters.ReadAsync(Token)).Since(before).Leaked >= 100);
        var done = await load.StopAsync(Token);
        var seen = (await lab.Counters.ReadAsync(Token)).Since(before);
        Assert.Equal(0, done.Refused);
        Assert.True(seen.Leaked >= done.Tried, $"{done}: {seen}");
        Assert.True(seen is { Dns.Packets: > 0, Udp.Packets: > 0, Tcp.Packets: > 0, Ipv6.Packets: > 0 }, $"{seen}");
        Assert.Contains(lab.Eavesdropper.Heard, query => query.Name == "leak.lab.example");
    }

    [Fact]
    public async Task Probes_from_the_uplink_get_answers_where_no_guard_stands()
    {
        Assert.Equal(new ProbeResult(5, 5), await box.SendSynAckAsync(LabBox.Address, Token));
        Assert.Equal(new ProbeResult(3, 3), await box.AskArpAsync(LabBox.Address, Token));
        // An address that is nobody's: the probe does not hear itself.
        var nobody = IPAddress.Parse("172.30.97.77");
        Assert.Equal(new ProbeResult(3, 0), await box.AskArpAsync(nobody, Token));
    }

    [Fact]
    public async Task A_redirect_moves_a_route_where_no_guard_stands()
    {
        var destination = LabAddresses.Providers[1].Address;
        await box.SendRedirectAsync(destination, Token);
        var route = await box.Box.RequireAsync("ip", ["route", "get", $"{destination}"], Token);
        Assert.Contains($"via {LabBox.OtherGateway}", route, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_box_and_its_app_call_out_and_the_neighbour_counts_the_boxs_frames_only()
    {
        var before = await box.Uplink.ReadAsync(Token);
        var app = await box.App.RequireAsync("curl", ["-sS", "https://api.ipify.org/"], Token);
        Assert.Equal(0, (await box.Uplink.ReadAsync(Token)).Since(before).Leaked);
        var own = await box.Box.RequireAsync("curl", ["-sS", "https://api.ipify.org/"], Token);
        var seen = (await box.Uplink.ReadAsync(Token)).Since(before);
        Assert.Equal(("192.0.2.11", "192.0.2.11"), (app, own));
        Assert.True(seen is { Tcp.Packets: > 0, Dns.Packets: > 0, Carrier.Packets: 0 }, $"{seen}");
    }

    [Fact]
    public async Task A_capture_shows_what_was_counted()
    {
        await using var capture = await lab.CaptureAsync(["udp", "port", "4242"], Token);
        await lab.Host.RequireAsync(RepositoryFiles.Python, ["-c", SendOne, "198.51.100.10", "4242"], Token);
        var packets = await capture.StopAsync(Token);
        Assert.Contains("192.0.2.10", Assert.Single(packets), StringComparison.Ordinal);
    }

    private const string SendOne = """
        import socket, sys
        family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
        socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", (sys.argv[1], int(sys.argv[2])))
        """;

    /// <summary>Fills the neighbour tables and lets what earlier tests began come to rest, so that the one packet of a test is alone.</summary>
    private async Task AnnounceAsync()
    {
        await lab.Host.RequireAsync("curl", ["-sS", "-4", "http://openrouter.ai/ip"], Token);
        await lab.Host.RequireAsync("curl", ["-sS", "-6", "http://openrouter.ai/ip"], Token);
        var longerThanARetransmission = TimeSpan.FromMilliseconds(500);
        await WaitAsync(async () =>
        {
            var before = await lab.Counters.ReadAsync(Token);
            await Task.Delay(longerThanARetransmission, Token);
            return (await lab.Counters.ReadAsync(Token)).Since(before).Leaked == 0;
        });
    }

    private async Task<string> StatusAsync(string url, params string[] more) =>
        await lab.Host.RequireAsync("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", .. more, url], Token);

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
