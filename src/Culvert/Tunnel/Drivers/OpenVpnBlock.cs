using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// The content of a block, brought to lines that OpenVPN cannot mistake for anything else. It ends a block at any line,
/// or any 255th byte of one, where the closing tag stands; so only armour and base64 in short lines get through.
/// </summary>
internal static partial class OpenVpnBlock
{
    /// <summary>Normal lines, or null with a reason that holds nothing of the content.</summary>
    public static IReadOnlyList<string>? Normalize(string tag, IReadOnlyList<string> lines, out string? problem)
    {
        var result = tag switch
        {
            "pkcs12" => Encoded(lines, out problem),
            "peer-fingerprint" => Fingerprints(lines, out problem),
            _ => Armoured(tag, lines, out problem),
        };
        return problem is null ? result : null;
    }

    public static IReadOnlyList<string> Encode(ReadOnlySpan<byte> content) =>
        [.. Convert.ToBase64String(content).Chunk(64).Select(c => new string(c))];

    // Text around the armour (`openssl x509 -text`, comments) is dropped.
    private static List<string> Armoured(string tag, IReadOnlyList<string> lines, out string? problem)
    {
        var kept = new List<string>();
        string? label = null;
        problem = null;
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (label is null)
            {
                label = Begin().Match(line) is { Success: true } begin ? begin.Groups[1].Value : null;
                problem ??= label is null ? null : WrongLabel(tag, label);
            }
            else if (line == $"-----END {label}-----")
            {
                Keep(tag, label, kept, line);
                label = null;
                continue;
            }
            else if (line.StartsWith("Proc-Type:", StringComparison.Ordinal))
            {
                problem ??= Encrypted;
            }
            else if (line.Length > 0 && !Body().IsMatch(line))
            {
                problem ??= $"a line between -----BEGIN {label}----- and its end is not base64 or hex; copy the block again";
            }

            if (label is not null && line.Length > 0)
            {
                Keep(tag, label, kept, line);
            }
        }

        problem ??= label is not null ? $"-----BEGIN {label}----- has no end; copy the block again"
            : kept.Count == 0 ? $"it holds no {Labels(tag)[0]}; copy the whole of it, from -----BEGIN to -----END"
            : null;
        return kept;
    }

    private const string Encrypted = "the key is encrypted, and nobody is there to type its password; decrypt it with `openssl pkey` and keep its file private";

    // `openssl ecparam -genkey` puts the parameters before the key; the key holds them too.
    private static void Keep(string tag, string label, List<string> kept, string line)
    {
        if (Labels(tag).Contains(label))
        {
            kept.Add(line);
        }
    }

    private static string? WrongLabel(string tag, string label) =>
        Labels(tag).Contains(label) || label == "EC PARAMETERS" ? null
        : label == "ENCRYPTED PRIVATE KEY" ? Encrypted
        : tag == "cert" && label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) ? null
        : $"it holds a {label} where a {Labels(tag)[0]} belongs; put each into its own block";

    private static string[] Labels(string tag) => tag switch
    {
        "key" => ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"],
        "tls-auth" or "tls-crypt" => ["OpenVPN Static key V1"],
        "tls-crypt-v2" => ["OpenVPN tls-crypt-v2 client key"],
        "crl-verify" => ["X509 CRL"],
        _ => ["CERTIFICATE", "TRUSTED CERTIFICATE"],
    };

    private static IReadOnlyList<string> Encoded(IReadOnlyList<string> lines, out string? problem)
    {
        var text = string.Concat(lines.Select(l => l.Trim()));
        var bytes = new byte[text.Length];
        problem = Convert.TryFromBase64String(text, bytes, out var length) && length > 0 ? null : "it is not base64; copy the block again";
        return Encode(bytes.AsSpan(0, length));
    }

    private static List<string> Fingerprints(IReadOnlyList<string> lines, out string? problem)
    {
        List<string> prints = [.. lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];
        problem = prints.Count > 0 && prints.TrueForAll(p => Fingerprint().IsMatch(p)) ? null : "it is not a list of SHA-256 fingerprints";
        return prints;
    }

    [GeneratedRegex("^-----BEGIN ([A-Za-z0-9 -]{1,40})-----$")]
    private static partial Regex Begin();

    [GeneratedRegex("^[A-Za-z0-9+/=]{1,160}$")]
    private static partial Regex Body();

    [GeneratedRegex("^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}$")]
    private static partial Regex Fingerprint();
}
