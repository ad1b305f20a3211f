using System.Collections.Immutable;
using System.Globalization;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>What may be said of a client's words in a log.</summary>
internal sealed class LogWords(ImmutableArray<LlmProvider> providers)
{
    private const int LongestLine = 300;

    /// <summary>The system's messages that tell why a connection failed or ended; they are the same whatever a client sent.</summary>
    private static readonly string[] Reasons =
    [
        "Connection refused", "Connection timed out", "Connection reset by peer", "Network is unreachable", "Network is down", "No route to host",
        "Cannot assign requested address", "Invalid argument", "Broken pipe", "Too many open files", "Cannot allocate memory",
        "Name or service not known", "Temporary failure in name resolution", "No address associated with hostname",
        "remote peer closed", "local client closed", "client closed",
    ];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    /// <summary>
    /// A destination is named only when it is a provider's, and then as the configuration names it; anything else is the
    /// client's own business. The port is left out where there is none.
    /// </summary>
    public string Destination(string host, string? port)
    {
        foreach (var known in providers.SelectMany(provider => provider.Hosts))
        {
            if (known.Matches(host))
            {
                return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? $"{known}:{number}" : $"{known}";
            }
        }

        return "-";
    }

    public static string Method(string method) => Methods.Contains(method) ? method.ToLowerInvariant() : "other";

    /// <summary>The first known reason in a text; empty where there is none.</summary>
    public static string Reason(string text) =>
        Reasons.FirstOrDefault(reason => text.Contains(reason, StringComparison.Ordinal)) is { } known ? $" ({known})" : "";

    /// <summary>A line of before the first client, as it is but for characters that move a cursor or hide text.</summary>
    public static string Clean(string line)
    {
        var clean = string.Create(Math.Min(line.Length, LongestLine), line, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = from[i] is >= ' ' and <= '~' ? from[i] : '?';
            }
        });
        return clean.Trim();
    }
}
