using Culvert.Tests.Stack;

namespace Culvert.Tests.Tunnel.Drivers;

/// <summary>
/// A program in OpenVPN's place: it writes down its arguments, its input and every command it hears, and follows a script:
/// <c>&gt; LINE</c> says a line on the management socket, <c>&lt; LINE</c> waits to hear one, <c>! LINE</c> prints one on stdout,
/// <c>exit N</c> ends, <c>hang</c> waits for the socket to close, <c>deaf</c> waits for ever.
/// </summary>
internal sealed class FakeOpenVpn(TemporaryFolder folder)
{
    private const string Program = """
        #!/usr/bin/perl
        use strict; use warnings; use IO::Socket::UNIX;
        sub note { my ($what, @lines) = @_; open(my $f, '>>', "$0.$what") or die; print $f "$_\n" for @lines; close($f); }
        note('arguments', @ARGV);
        my @input = <STDIN>; chomp @input; note('input', @input);
        open(my $caps, '<', '/proc/self/status'); note('status', map { chomp; $_ } grep { /^(Cap|NoNew)/ } <$caps>);
        open(my $script, '<', "$0.script") or die; my @steps = <$script>; chomp @steps;
        $| = 1; my $socket;
        sub talk {
          return $socket if $socket;
          for my $i (0 .. $#ARGV - 1) { $socket = IO::Socket::UNIX->new(Peer => $ARGV[$i + 1]) if $ARGV[$i] eq '--management'; }
          $socket->autoflush(1); return $socket;
        }
        for my $step (@steps) {
          if ($step =~ /^> (.*)/) { print { talk() } "$1\n"; }
          elsif ($step =~ /^< (.*)/) { my $heard = ''; until ($heard eq $1) { $heard = readline(talk()); exit 9 unless defined $heard; chomp $heard; note('heard', $heard); } }
          elsif ($step =~ /^! (.*)/) { print "$1\n"; }
          elsif ($step =~ /^exit (\d+)/) { exit $1; }
          elsif ($step eq 'hang') { my $s = talk(); while (my $l = <$s>) { chomp $l; note('heard', $l); } exit 0; }
          elsif ($step eq 'deaf') { $SIG{TERM} = 'IGNORE'; sleep 1000 while 1; }
        }
        """;

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The path to start it by.</summary>
    public string Path { get; } = folder.Write("openvpn", Program, Executable);

    public string[] Arguments => Noted("arguments");

    public string[] Input => Noted("input");

    public string[] Heard => Noted("heard");

    /// <summary>Its capability sets, as lines of <c>/proc/PID/status</c>.</summary>
    public string[] Capabilities => Noted("status");

    public void Follow(params string[] steps) => folder.Write("openvpn.script", string.Join('\n', steps) + "\n");

    private string[] Noted(string what) => File.Exists($"{Path}.{what}") ? File.ReadAllLines($"{Path}.{what}") : [];
}
