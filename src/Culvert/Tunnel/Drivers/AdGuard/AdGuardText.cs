using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What adguardvpn-cli prints, as plain lines: colours, progress that overwrites itself and control characters are gone.</summary>
internal static partial class AdGuardText
{
    private const int MostLines = 2000;
    private const int LongestLine = 500;

    public static IReadOnlyList<string> Lines(string text) =>
        [.. Escape().Replace(text, "").Split(['\n', '\r']).Take(MostLines).Select(line => Plain(line.TrimEnd()))];

    // Tabs stay: they indent the configuration.
    private static string Plain(string line) => string.Concat(line.Take(LongestLine).Where(c => c == '\t' || !char.IsControl(c)));

    // ECMA-48: CSI … final byte; OSC … BEL or ST; and any two-character sequence.
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[ -~]")]
    private static partial Regex Escape();
}
