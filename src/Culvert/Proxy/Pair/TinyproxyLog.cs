using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>
/// Tinyproxy's lines, of which the second holds whatever the client sent:
/// <code>
/// CONNECT   Nov 24 08:39:30.865 [12295]: Connect (file descriptor 5): 127.0.0.1
/// CONNECT   Nov 24 08:39:30.866 [12295]: Request (file descriptor 5): GET http://NAME:SECRET@HOST:PORT/PATH?QUERY HTTP/1.1
/// </code>
/// </summary>
internal sealed partial class TinyproxyLog(StackDefinition stack) : IProgramLog
{
    private static readonly string[] Chatter =
    [
        "Initializing ", "sending stored logs", "done sending stored logs", "Re-reading filter file", "Closed connection between",
        "Not sending client headers", "read_request_line: Client (file descriptor",
    ];

    private readonly LogWords words = new(stack.Providers);
    private readonly ConcurrentDictionary<string, string> clients = new();
    private bool serves;

    public string? Rewrite(string line)
    {
        if (Line().Match(line) is not { Success: true } parts)
        {
            return serves ? "tinyproxy: a line of another form was left out" : $"tinyproxy: {LogWords.Clean(line)}";
        }

        var (level, text) = (parts.Groups["level"].Value, parts.Groups["text"].Value);
        if (Connect().Match(text) is { Success: true } connect)
        {
            serves = true;
            clients[connect.Groups["descriptor"].Value] = connect.Groups["client"].Value;
            return null;
        }

        return Request().Match(text) is { Success: true } request
            ? Asked(request)
            : Chatter.Any(known => text.StartsWith(known, StringComparison.Ordinal)) ? null : Outcome(text) ?? Own(level, text);
    }

    private string Asked(Match request)
    {
        var client = clients.GetValueOrDefault(request.Groups["descriptor"].Value, "-");
        var (method, target) = (LogWords.Method(request.Groups["method"].Value), Target().Match(request.Groups["target"].Value));
        var port = target.Groups["port"] is { Success: true } named ? named.Value : "80";
        return $"tinyproxy: {(method == "connect" ? method : $"http {method}")} client={client} destination={(target.Success ? words.Destination(target.Groups["host"].Value, port) : "-")} outcome=asked";
    }

    private string? Outcome(string text) => text switch
    {
        _ when Established().Match(text) is { Success: true } made => $"tinyproxy: destination={words.Destination(made.Groups["host"].Value, port: null)} outcome=connected",
        _ when text.StartsWith("opensock: ", StringComparison.Ordinal) => $"tinyproxy: outcome=failed{LogWords.Reason(text)}",
        _ when text.StartsWith("Proxying refused on filtered", StringComparison.Ordinal) => "tinyproxy: outcome=refused (not a public name)",
        _ when text.StartsWith("Refused CONNECT method on port", StringComparison.Ordinal) => "tinyproxy: outcome=refused (port)",
        _ when text.StartsWith("Unauthorized connection from", StringComparison.Ordinal) => "tinyproxy: outcome=refused (client)",
        _ when text.StartsWith("Maximum number of connections reached", StringComparison.Ordinal) => "tinyproxy: too many clients; refusing new ones",
        _ when text.StartsWith("Reloading config file finished", StringComparison.Ordinal) => "tinyproxy: took over its configuration",
        _ when text.StartsWith("Shutting down", StringComparison.Ordinal) => "tinyproxy: ends",
        _ => null,
    };

    // What is not about a request: before the first client as it is, then only what kind of thing it was.
    private string? Own(string level, string text) => serves
        ? $"tinyproxy: {level.ToLowerInvariant()}{LogWords.Reason(text)}; its text is left out, it may quote a client"
        : $"tinyproxy: {level.ToLowerInvariant()}: {LogWords.Clean(text)}";

    [GeneratedRegex(@"\A(?<level>CRITICAL|ERROR|WARNING|NOTICE|CONNECT|INFO|DEBUG) +[A-Z][a-z]{2} [0-9]{2} [0-9:.]+ \[[0-9]+\]: (?<text>.*)")]
    private static partial Regex Line();

    [GeneratedRegex(@"\AConnect \(file descriptor (?<descriptor>[0-9]{1,6})\): (?<client>[0-9]{1,3}(?:\.[0-9]{1,3}){3})\z")]
    private static partial Regex Connect();

    [GeneratedRegex(@"\ARequest \(file descriptor (?<descriptor>[0-9]{1,6})\): (?<method>[^ ]*) (?<target>[^ ]*)")]
    private static partial Regex Request();

    // The authority alone; what stands before its last @ is userinfo.
    [GeneratedRegex(@"\A(?:[A-Za-z]+://)?(?:[^/?#]*@)?(?<host>[A-Za-z0-9.-]+)(?::(?<port>[0-9]{1,5}))?(?=[/?#]|\z)")]
    private static partial Regex Target();

    [GeneratedRegex(@"\AEstablished connection to host ""(?<host>[A-Za-z0-9.-]+)"" using file descriptor [0-9]+\.")]
    private static partial Regex Established();
}
