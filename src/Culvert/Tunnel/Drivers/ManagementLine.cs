using System.Globalization;
using System.Net;

namespace Culvert.Tunnel.Drivers;

/// <summary>One line of OpenVPN's management interface (its <c>doc/management-notes.txt</c>), as far as it matters here.</summary>
internal abstract record ManagementLine
{
    /// <summary>The client waits to be told to begin.</summary>
    internal sealed record Hold : ManagementLine;

    /// <summary><c>&gt;STATE:TIME,NAME,DETAIL,TUNNEL-ADDRESS,…</c>; null for an address that tun0 must not have.</summary>
    internal sealed record State(string Name, string Detail, IPAddress? TunnelAddress) : ManagementLine;

    /// <summary><c>&gt;BYTECOUNT:IN,OUT</c>: all that came and went since the start, pings included.</summary>
    internal sealed record ByteCount(long Received, long Sent) : ManagementLine;

    /// <summary><c>&gt;LOG:TIME,FLAGS,TEXT</c></summary>
    internal sealed record Log(string Flags, string Text) : ManagementLine;

    /// <summary>The client wants the credentials of this kind (<c>Auth</c>, <c>Private Key</c>).</summary>
    internal sealed record PasswordNeeded(string Kind) : ManagementLine;

    internal sealed record PasswordRefused(string Kind) : ManagementLine;

    internal sealed record Fatal(string Text) : ManagementLine;

    internal sealed record CommandFailed(string Text) : ManagementLine;

    /// <summary>Anything else; it may hold a secret (<c>&gt;PASSWORD:Auth-Token:…</c>) and is not kept.</summary>
    internal sealed record Other : ManagementLine;

    public static ManagementLine Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return new Other();
        }

        var rest = line[(colon + 1)..];
        return line[..colon] switch
        {
            ">HOLD" => new Hold(),
            ">STATE" => ParseState(rest.Split(',')),
            ">BYTECOUNT" => ParseByteCount(rest.Split(',')),
            ">LOG" => ParseLog(rest.Split(',', 3)),
            ">PASSWORD" => ParsePassword(rest),
            ">FATAL" => new Fatal(rest),
            "ERROR" => new CommandFailed(rest.Trim()),
            _ => new Other(),
        };
    }

    private static ManagementLine ParseState(string[] fields) => fields.Length < 2
        ? new Other()
        : new State(
            fields[1],
            fields.Length > 2 ? fields[2] : "",
            fields.Length > 3 ? TunnelAddress.Parse(fields[3]) : null);

    private static ManagementLine ParseByteCount(string[] fields) =>
        fields.Length == 2 && Number(fields[0]) is { } received && Number(fields[1]) is { } sent ? new ByteCount(received, sent) : new Other();

    private static ManagementLine ParseLog(string[] fields) => fields.Length == 3 ? new Log(fields[1], fields[2]) : new Other();

    private static ManagementLine ParsePassword(string text) =>
        KindIn(text, "Need '") is { } needed ? new PasswordNeeded(needed)
        : KindIn(text, "Verification Failed: '") is { } refused ? new PasswordRefused(refused)
        : new Other();

    private static string? KindIn(string text, string before)
    {
        if (!text.StartsWith(before, StringComparison.Ordinal))
        {
            return null;
        }

        var end = text.IndexOf('\'', before.Length);
        return end < 0 ? null : text[before.Length..end];
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
