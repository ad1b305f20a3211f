using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Stack.Values;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>A step of the login by device code.</summary>
internal abstract partial record AdGuardLogin
{
    /// <summary>The page to open in a browser. <see cref="IsForeign"/>: it is not AdGuard's own, so nobody should log in there.</summary>
    internal sealed record Link(Uri Page, TimeSpan ValidFor, bool IsForeign) : AdGuardLogin;

    internal sealed record Done : AdGuardLogin;

    internal sealed record Failed(string Reason) : AdGuardLogin;

    private static readonly string[] OwnDomains = ["adguard.io", "adguard.com", "adguard-vpn.com"];

    /// <summary>Null for a line that is no step: the client offers keys to press.</summary>
    public static AdGuardLogin? Parse(string line) => line.Trim() switch
    {
        var text when LinkLine().Match(text) is { Success: true } match && Uri.TryCreate(match.Groups["page"].Value, UriKind.Absolute, out var page) =>
            new Link(page, TimeSpan.FromSeconds(int.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture)), IsForeignTo(page)),
        var text when text.StartsWith("Successfully Logged in", StringComparison.OrdinalIgnoreCase) => new Done(),
        var text when text.StartsWith("Failed to", StringComparison.OrdinalIgnoreCase) => new Failed(text),
        _ => null,
    };

    // As it is shown: no user, no port, no letter of another script that looks like one of these, no format character that turns text around.
    private static bool IsForeignTo(Uri page) =>
        !page.ToString().StartsWith($"https://{UriHost.Of(page)}/", StringComparison.Ordinal)
        || page.ToString().Any(letter => letter is <= ' ' or > '~')
        || !OwnDomains.Any(domain => UriHost.Of(page) == domain || UriHost.Of(page).EndsWith("." + domain, StringComparison.Ordinal));

    [GeneratedRegex(@"link will be available for (?<seconds>[0-9]{1,6}) seconds?: (?<page>\S+)$")]
    private static partial Regex LinkLine();
}
