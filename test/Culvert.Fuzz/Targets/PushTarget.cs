using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Drivers;

namespace Culvert.Fuzz.Targets;

/// <summary>What OpenVPN's log says of a push, against a reading by regular expressions; and a reply in two parts is that reply.</summary>
internal static partial class PushTarget
{
    private const string Before = "PUSH: Received control message: 'PUSH_REPLY,";

    public static readonly FuzzTarget Target = new("push", Check, ["'PUSH_REPLY,", ",", "'", " ", "tun-mtu 1400", "ping 10", "ping-restart 60", "ping 0", "ping 3601", "tun-mtu 67", "tun-mtu 1601", "99999999999", "\0", "push-continuation 2"]);

    private static void Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        Compare(text);
        Compare(Before + text);
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0 && text[comma - 1 < 0 ? 0 : comma - 1] != '\'')
        {
            var (first, second) = (PushReply.Find($"{Before}{text[..comma]}'")!, PushReply.Find(Before + text[(comma + 1)..])!);
            if (first.With(second) != PushReply.Find(Before + text))
            {
                throw new DisagreementException("a reply in two parts is another");
            }
        }
    }

    private static void Compare(string text)
    {
        var (seen, expected) = (PushReply.Find(text), ReadSlowly(text));
        if (seen != expected)
        {
            throw new DisagreementException($"{seen}, where the oracle reads {expected}");
        }
    }

    private static PushReply? ReadSlowly(string text)
    {
        var match = Reply().Match(text);
        int? Last(string name, int least, int most) => match.Groups[name].Captures
            .Select(number => BigInteger.Parse(number.Value.TrimEnd('\0'))).Where(number => number >= least && number <= most)
            .Select(number => (int?)number).LastOrDefault();
        return !match.Success ? null
            : new PushReply(Last("mtu", 68, 1600), Last("ping", 1, 3600) is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    // The first mark; options between commas, of which two matter; quotes at the end belong to the mark.
    [GeneratedRegex(@"\A(?>.*?'PUSH_REPLY,)((tun-mtu (?<mtu>[0-9]+\0*)|ping (?<ping>[0-9]+\0*)|[^,]*?)('*\z|,))*\z", RegexOptions.Singleline)]
    private static partial Regex Reply();
}
