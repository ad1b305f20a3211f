using System.Text;
using System.Text.Unicode;

namespace Culvert.Stack.Reading;

/// <summary>What is wrong with a secret, said without any part of it.</summary>
internal sealed record SecretFault(string What, string Why, string Fix);

/// <summary>What a secret's file should hold.</summary>
/// <param name="Kind">For messages, with its article.</param>
/// <param name="MaximumBytes">Without the newline at the end.</param>
/// <param name="OneLine">The secret is handed on as one line, so a second one would be lost or do harm.</param>
internal sealed record SecretContent(string Kind, int MaximumBytes, bool OneLine)
{
    /// <summary>OpenVPN takes no more from its management interface.</summary>
    public static readonly SecretContent VpnPassword = new("a password", 4096, OneLine: true);

    /// <summary>RFC 1929 section 2: PLEN is one byte, and a password has at least one.</summary>
    public static readonly SecretContent ProxyPassword = new("a password", 255, OneLine: true);

    public static readonly SecretContent VpnProfile = new("a VPN profile", 1024 * 1024, OneLine: false);

    public static readonly SecretContent Webhook = new("a webhook", 4096, OneLine: true);

    /// <summary>What is wrong with the content of a file, newline at its end included; null when nothing is.</summary>
    public SecretFault? Fault(ReadOnlySpan<byte> content)
    {
        content = content.TrimEnd("\r\n"u8);
        if (content.Length > MaximumBytes)
        {
            return new SecretFault($"holds more than {MaximumBytes} bytes", $"{Kind} is no longer than that", "put a shorter one into it");
        }

        // A profile's comments may be in any old encoding; a password would be sent as something else than was meant.
        return OneLine && !Utf8.IsValid(content)
            ? new SecretFault("is not UTF-8 text", $"{Kind} is sent as UTF-8", "save it as UTF-8")
            : Fault(Encoding.UTF8.GetString(content));
    }

    private SecretFault? Fault(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new SecretFault("is empty", $"{Kind} is expected in it", "write it into that file");
        }

        if (text.Contains('\0'))
        {
            return new SecretFault("holds a NUL byte", $"{Kind} is text", "write it into that file again");
        }

        if (OneLine && text.AsSpan().ContainsAny('\r', '\n'))
        {
            return new SecretFault("has more than one line", $"{Kind} is one line", "leave only that line in it");
        }

        return this == Webhook && !IsWebUrl(text)
            ? new SecretFault("does not hold an https:// URL", "alerts are sent there", "put the whole URL into it, on one line")
            : null;
    }

    private static bool IsWebUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.Host.Length > 0;
}
