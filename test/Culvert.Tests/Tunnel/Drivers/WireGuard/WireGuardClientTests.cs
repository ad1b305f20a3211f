using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Culvert.Tests.Stack;
using Culvert.Tunnel;
using Culvert.Tunnel.Drivers;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Tests.Tunnel.Drivers.WireGuard;

/// <summary>The client's whole life against a program that speaks wireguard-go's protocol and writes down what it is told.</summary>
public sealed class WireGuardClientTests : IDisposable
{
    // Answers each question after the first with the next line of its script: SECONDS BYTES, or `die N`, `error`, `hangup`, `mute`, `lost`:
    // no handshake before it is configured a second time.
    private const string Program = """
        #!/usr/bin/perl
        use strict; use warnings; use IO::Socket::UNIX;
        open(my $caps, '<', '/proc/self/status'); open(my $s, '>', "$0.status"); print $s grep { /^(Cap|NoNew)/ } <$caps>; close($s);
        open(my $script, '<', "$0.script") or die; my @steps = <$script>; chomp @steps;
        my $path = $ARGV[0]; my $step = '0 0'; my $sets = 0;
        my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 8) or die;
        while (my $peer = $listener->accept) {
          my $heard = ''; while (my $line = <$peer>) { last if $line eq "\n"; $heard .= $line; }
          open(my $f, '>>', "$0.heard"); print $f $heard; close($f);
          $sets++ if $heard =~ /^set=1/;
          if ($heard =~ /^set=1/) { print $peer $steps[0] eq 'refuse' ? "errno=-22\n\n" : "errno=0\n\n"; next; }
          $step = shift @steps if @steps;
          if ($step =~ /^die (\d+)/) { print "ERROR: (tun0) the device is gone\n"; exit $1; }
          if ($step eq 'hangup') { next; }
          if ($step eq 'mute') { sleep 1000; }
          if ($step eq 'error') { print $peer "errno=-5\n\n"; next; }
          if ($step eq 'lost') { print $peer $sets < 2 ? "errno=0\n\n" : "last_handshake_time_sec=1\nerrno=0\n\n"; next; }
          my ($seconds, $bytes) = split / /, $step;
          print $peer "last_handshake_time_sec=$seconds\nrx_bytes=$bytes\nerrno=0\n\n";
        }
        """;

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly Channel<TunnelEvent> events = Channel.CreateUnbounded<TunnelEvent>();

    [Fact]
    public async Task It_is_connected_when_the_server_has_shaken_hands_and_heard_when_bytes_come()
    {
        var client = Start("0 0", "1700000000 92", "1700000000 92", "1700000000 180");
        Assert.Equal(new TunnelEvent.ClientMoved(3, "waiting for the server's handshake", Awaits: true), await NextAsync());
        Assert.Equal(new TunnelEvent.ClientConnected(3, new TunnelAddress(IPAddress.Parse("10.9.1.2"), 1420, null)), await NextAsync());
        Assert.Equal(new TunnelEvent.ServerHeard(3), await NextAsync());
        await client.StopAsync(Deadline, TimeProvider.System);
        Assert.IsType<TunnelEvent.ClientEnded>(await NextAsync());
    }

    /// <summary>wireguard-go alone would wait five seconds, in which calls are away.</summary>
    [Fact]
    public async Task A_first_packet_that_was_lost_is_sent_again_after_two_seconds()
    {
        var clock = Stopwatch.StartNew();
        var client = Start("lost");
        await NextAsync();
        Assert.IsType<TunnelEvent.ClientConnected>(await NextAsync());
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
        await client.StopAsync(Deadline, TimeProvider.System);
    }

    [Fact]
    public async Task It_gets_its_keys_over_the_socket_and_no_capability()
    {
        var client = Start("1700000000 92");
        await NextAsync();
        await NextAsync();
        await client.StopAsync(Deadline, TimeProvider.System);
        Assert.Contains("private_key=0102", await File.ReadAllTextAsync(folder.PathOf("fake.heard"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var status = await File.ReadAllLinesAsync(folder.PathOf("fake.status"), TestContext.Current.CancellationToken);
        Assert.Contains("CapAmb:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.True(ClientRecord.Read(folder.PathOf("client")) is not null);
    }

    [Fact]
    public async Task A_client_that_ends_says_why()
    {
        Start("1700000000 92", "die 7");
        await NextAsync();
        await NextAsync();
        Assert.Equal(new TunnelEvent.ClientEnded(3, "the client ended with exit code 7 (ERROR: (tun0) the device is gone)", Refused: false), await NextAsync());
    }

    [Theory]
    [InlineData("refuse", "does not answer: it did not take its configuration")]
    [InlineData("mute", "does not answer: no answer within 2 s")]
    [InlineData("hangup", "does not answer: its answer has no end")]
    [InlineData("error", "does not answer: it answers with an error")]
    public async Task A_client_that_does_not_do_as_told_is_ended(string step, string why)
    {
        Start(step);
        await NextAsync();
        TunnelEvent told;
        do
        {
            told = await NextAsync();
        }
        while (told is not TunnelEvent.ClientEnded);
        Assert.Contains(why, ((TunnelEvent.ClientEnded)told).Reason, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
    }

    private WireGuardClient Start(params string[] steps)
    {
        var program = folder.Write("fake", Program, Executable);
        folder.Write("fake.script", string.Join('\n', steps) + "\n");
        var profile = WireGuardProfileText.Read(WireGuardProfileText.Usual);
        var seat = new ClientSeat(new RoleFiles("culvert.yaml", "/run/x", folder.Path), e => events.Writer.TryWrite(e), output, TimeProvider.System);
        return WireGuardClient.Start(3, new WireGuardExit("exit", profile.Peers[0], profile), seat, [program, WireGuardImage.SocketOf(folder.Path)]);
    }

    private async Task<TunnelEvent> NextAsync() => await events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
}
