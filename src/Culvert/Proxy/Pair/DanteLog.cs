using System.Text.RegularExpressions;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>
/// Dante's lines:
/// <code>
/// Nov 24 08:42:47 (1795509767.690) danted[23738]: info: pass(4): tcp/connect [: CLIENT.PORT HERE.PORT -> FROM.PORT TO.PORT
/// … ]: DOWN -> CLIENT.PORT HERE.PORT -> UP, UP -> FROM.PORT TO.PORT -> DOWN: remote peer closed.  Session duration: 0s
/// … block(1): tcp/connect ]: CLIENT.PORT HERE.PORT -> 0.0.0.0.0 NAME.PORT
/// </code>
/// </summary>
internal sealed partial class DanteLog(StackDefinition stack) : IProgramLog
{
    private readonly LogWords words = new(stack.Providers);
    private bool serves;

    public string? Rewrite(string line)
    {
        if (Line().Match(line) is not { Success: true } parts)
        {
            return serves ? "dante: a line of another form was left out" : $"dante: {LogWords.Clean(line)}";
        }

        var (level, text) = (parts.Groups["level"].Value, parts.Groups["text"].Value);
        if (Session().Match(text) is { Success: true } session)
        {
            serves = true;
            return Tell(session);
        }

        if (text.StartsWith("Dante/server", StringComparison.Ordinal))
        {
            serves = true;
            return "dante: running";
        }

        return Own(level, text);
    }

    private string Tell(Match session)
    {
        var (verdict, begins, rest) = (session.Groups["verdict"].Value, session.Groups["edge"].Value == "[", session.Groups["rest"].Value);
        var bytes = Bytes().Match(rest) is { Success: true } counts ? $" up={counts.Groups["up"].Value} down={counts.Groups["down"].Value}" : "";
        var outcome = (verdict, begins) switch
        {
            ("pass", true) => "connected",
            ("pass", false) => "ended",
            _ when rest.Contains(" failed: ", StringComparison.Ordinal) => "failed",
            _ => "refused",
        };
        var client = Client().Match(rest) is { Success: true } known ? known.Value : "-";
        var target = Target().Match(rest) is { Success: true } asked ? words.Destination(asked.Groups["host"].Value, asked.Groups["port"].Value) : "-";
        return $"dante: socks5 client={client} destination={target} outcome={outcome}{LogWords.Reason(rest)}{bytes}";
    }

    // What is not about a session: before the first client as it is, then only what kind of thing it was.
    private string? Own(string level, string text)
    {
        if (text.StartsWith("sighup_child()", StringComparison.Ordinal) || text.StartsWith("SIGHUP [", StringComparison.Ordinal))
        {
            return null;
        }

        return text switch
        {
            _ when text.StartsWith("SIGHUP ]", StringComparison.Ordinal) => "dante: took over its configuration",
            _ when text.StartsWith("sigterm()", StringComparison.Ordinal) || text.Contains("shutting down", StringComparison.Ordinal) => "dante: ends",
            _ when !serves || IsConfiguration(text) => $"dante: {level}: {LogWords.Clean(text)}",
            _ => $"dante: {level}{LogWords.Reason(text)}; its text is left out, it may quote a client",
        };
    }

    private static bool IsConfiguration(string text) =>
        text.StartsWith("int_ifname2sockaddr()", StringComparison.Ordinal) || text.StartsWith("checkconfig()", StringComparison.Ordinal);

    [GeneratedRegex(@"danted\[[0-9]+\]: (?<level>debug|info|notice|warning|error|alert|crit|emerg): (?<text>.*)")]
    private static partial Regex Line();

    [GeneratedRegex(@"\A(?<verdict>pass|block)\([0-9]+\): [a-z]+/[a-z-]+ (?<edge>[\[\]]): (?<rest>.*)")]
    private static partial Regex Session();

    // An address with its port, in Dante's way of writing both.
    [GeneratedRegex(@"(?<![0-9.])[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?=\.[0-9]{1,5} )")]
    private static partial Regex Client();

    [GeneratedRegex(@"-> [0-9.]+ (?<host>[A-Za-z][A-Za-z0-9.-]*)\.(?<port>[0-9]{1,5})(?![0-9A-Za-z.-])")]
    private static partial Regex Target();

    [GeneratedRegex(@"\A(?<down>[0-9]{1,18}) -> [0-9.]+ [0-9.]+ -> (?<up>[0-9]{1,18}),")]
    private static partial Regex Bytes();
}
