using System.Net;
using System.Threading.Channels;
using Culvert.Stack;
using Culvert.Tests.Stack;
using Culvert.Tunnel;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

/// <summary>The client's whole life against a program that behaves as told and writes down what it was given.</summary>
public sealed class OpenVpnClientTests : IDisposable
{
    private const string Connected = "> >STATE:1,CONNECTED,SUCCESS,10.8.1.2,203.0.113.11,1194,,";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly string[] Greeting = ["> >HOLD:Waiting for hold release:0", "< hold release"];
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly Channel<TunnelEvent> events = Channel.CreateUnbounded<TunnelEvent>();
    private readonly FakeOpenVpn program;

    public OpenVpnClientTests() => program = new FakeOpenVpn(folder);

    [Fact]
    public async Task It_is_told_when_the_tunnel_stands_and_that_the_server_is_heard()
    {
        program.Follow(
        [
            .. Greeting, "> >STATE:1,TCP_CONNECT,,,,,,", "> >STATE:1,AUTH,,,,,,",
            "> >LOG:1,I,PUSH: Received control message: 'PUSH_REPLY,ping 2,ifconfig 10.8.1.2 255.255.255.0,tun-mtu 1400'",
            Connected, "> >BYTECOUNT:100,50", "> >BYTECOUNT:100,80", "> >BYTECOUNT:150,80", "hang",
        ]);
        var client = Start();
        Assert.Equal(new TunnelEvent.ClientMoved(3, "waiting for the server to answer", Awaits: true), await NextAsync());
        Assert.Equal(new TunnelEvent.ClientMoved(3, "logging in", Awaits: false) { ShakesHands = true }, await NextAsync());
        Assert.Equal(new TunnelEvent.ClientConnected(3, new TunnelAddress(IPAddress.Parse("10.8.1.2"), 1400, TimeSpan.FromSeconds(2))), await NextAsync());
        Assert.Equal(new TunnelEvent.ServerHeard(3), await NextAsync());
        Assert.Equal(new TunnelEvent.ServerHeard(3), await NextAsync());
        await client.StopAsync(Deadline, TimeProvider.System);
        Assert.Equal("the client ended with exit code 0", Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync()).Reason);
    }

    [Fact]
    public async Task It_gets_the_profile_on_its_input_and_no_capability()
    {
        program.Follow([.. Greeting, Connected, "hang"]);
        var client = Start();
        await NextAsync();
        await client.StopAsync(Deadline, TimeProvider.System);
        Assert.Equal(OpenVpnArguments.Of(folder.PathOf("management.sock")), program.Arguments);
        Assert.Equal("remote 203.0.113.11 1194 tcp4-client", program.Input[0]);
        Assert.Contains("<ca>", program.Input);
        Assert.Contains("NoNewPrivs:\t1", program.Capabilities);
        Assert.Contains("CapAmb:\t0000000000000000", program.Capabilities);
        Assert.Contains("CapInh:\t0000000000000000", program.Capabilities);
    }

    [Fact]
    public async Task The_login_is_said_over_the_socket_and_is_in_no_argument_and_no_log()
    {
        program.Follow([.. Greeting, "> >PASSWORD:Need 'Auth' username/password", "< password \"Auth\" \"canary p4ss\"", "> >PASSWORD:Verification Failed: 'Auth'", "< signal SIGTERM", "exit 0"]);
        Start(new Login("alice", new Secret("canary p4ss")));
        var ended = Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync());
        Assert.True(ended.Refused);
        Assert.Contains("the server refused the login", ended.Reason, StringComparison.Ordinal);
        Assert.Contains("username \"Auth\" \"alice\"", program.Heard);
        Assert.DoesNotContain("canary", ended.Reason + output + string.Join(' ', program.Arguments) + string.Join(' ', program.Input), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_nobody_can_answer_is_a_refusal()
    {
        program.Follow([.. Greeting, "> >PASSWORD:Need 'Private Key' password", "< signal SIGTERM", "exit 0"]);
        Start();
        var ended = Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync());
        Assert.True(ended.Refused);
        Assert.Contains("'Private Key'", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_gives_the_loopback_address_is_refused()
    {
        program.Follow([.. Greeting, Connected.Replace("10.8.1.2", "127.0.0.1", StringComparison.Ordinal), "< signal SIGTERM", "exit 0"]);
        Start();
        var ended = Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync());
        Assert.True(ended.Refused);
        Assert.Contains("no address that can be used", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_ends_says_why()
    {
        program.Follow([.. Greeting, "> >LOG:1,N,TLS Error: TLS handshake failed", "> >STATE:1,RECONNECTING,tls-error,,,,,", "exit 1"]);
        Start();
        Assert.Equal(new TunnelEvent.ClientEnded(3, "the client ended: tls-error (TLS Error: TLS handshake failed)", Refused: false), await NextAsync());
    }

    [Fact]
    public async Task A_client_that_never_calls_back_says_why_on_its_output()
    {
        program.Follow("! 2026-01-01 Options error: Unrecognized option", "! more", "exit 1");
        Start();
        Assert.Equal(
            new TunnelEvent.ClientEnded(3, "the client ended with exit code 1 (2026-01-01 Options error: Unrecognized option)", Refused: false), await NextAsync());
    }

    [Fact]
    public async Task A_client_that_is_missing_is_a_client_that_ended()
    {
        Start(null, folder.PathOf("nowhere"));
        Assert.Contains("setpriv: failed to execute", Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_listen_is_killed_when_its_grace_is_over()
    {
        program.Follow([.. Greeting, Connected, "deaf"]);
        var client = Start();
        await NextAsync();
        await client.StopAsync(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.Equal("the client ended with exit code 137", Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync()).Reason);
    }

    [Fact]
    public async Task Its_process_is_written_down_for_the_next_role()
    {
        program.Follow([.. Greeting, Connected, "hang"]);
        var client = Start();
        await NextAsync();
        Assert.True(await ClientRecord.Read(folder.PathOf("client"))!.KillAsync(TestContext.Current.CancellationToken));
        Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync());
        await client.StopAsync(Deadline, TimeProvider.System);
    }

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
    }

    private OpenVpnClient Start(Login? login = null, string? path = null)
    {
        var profile = OpenVpnProfileText.Read(OpenVpnProfileText.Usual);
        var seat = new ClientSeat(new RoleFiles("culvert.yaml", "/run/x", folder.Path), e => events.Writer.TryWrite(e), output, TimeProvider.System);
        var exit = new OpenVpnExit("exit", profile.Carriers[0], profile, TunnelExitTests.Vpn());
        return OpenVpnClient.Start(3, exit, login, seat, path ?? program.Path);
    }

    private async Task<TunnelEvent> NextAsync() => await events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
}
