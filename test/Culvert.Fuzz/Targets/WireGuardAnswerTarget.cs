using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Fuzz.Targets;

/// <summary>Answers of wireguard-go's configuration protocol, against regular expressions over the whole of it.</summary>
internal static partial class WireGuardAnswerTarget
{
    public static readonly FuzzTarget Target = new("wg-answer", Check,
        ["\n", "=", "errno=0\n", "errno=-5\n", "rx_bytes=92\n", "last_handshake_time_sec=1700000000\n", "last_handshake_time_nsec=0\n", "9223372036854775808", "\0", "\r"]);

    private static void Check(byte[] input)
    {
        // As the client's answers are decoded.
        var text = Encoding.ASCII.GetString(input);
        var lines = text.Split('\n');
        var (seen, expected) = (WireGuardControl.ParseState(lines), ReadSlowly(text));
        if (seen != expected)
        {
            throw new DisagreementException($"{seen}, where the oracle reads {expected}");
        }

        if (WireGuardControl.IsAccepted(lines) != seen is not null)
        {
            throw new DisagreementException($"accepted: {WireGuardControl.IsAccepted(lines)}, with the state {seen}");
        }
    }

    private static WireGuardState? ReadSlowly(string text) => Error().Matches(text).LastOrDefault()?.Groups[1].Value == "0"
        ? new WireGuardState(Handshake().Matches(text).Any(match => Number(match.Groups[1].Value) > 0), Received().Matches(text).Select(match => Number(match.Groups[1].Value)).LastOrDefault())
        : null;

    private static long Number(string text) => Digits().IsMatch(text) && BigInteger.Parse(text.TrimEnd('\0')) is var number && number <= long.MaxValue ? (long)number : 0;

    [GeneratedRegex("^errno=([^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Error();

    [GeneratedRegex("^rx_bytes=([^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Received();

    [GeneratedRegex("^last_handshake_time_n?sec=([^\n]*)$", RegexOptions.Multiline)]
    private static partial Regex Handshake();

    // A number may end in NUL: .NET takes it for the end of a string of C.
    [GeneratedRegex(@"\A[0-9]+\0*\z")]
    private static partial Regex Digits();
}
