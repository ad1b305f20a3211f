using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Drivers.AdGuard;

internal enum AdGuardState
{
    /// <summary>None of the sentences that are known.</summary>
    Unknown,
    LoggedOut,
    Disconnected,
    Connected,

    /// <summary>The service runs and does not tell.</summary>
    Unavailable,
}

/// <summary>
/// What <c>status</c> said. <see cref="City"/> is in the spelling of the client, upper case; <see cref="Notes"/> are all
/// other lines: warnings, hints, what a later version may add.
/// </summary>
internal sealed partial record AdGuardStatus(AdGuardState State, string? City, string? Mode, string? Interface, IReadOnlyList<string> Notes)
{
    private const int NotLoggedIn = 11;
    private const int StatusUnavailable = 10;

    public static AdGuardStatus Parse(int exitCode, IReadOnlyList<string> lines)
    {
        AdGuardStatus? found = null;
        var notes = new List<string>();
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (found is null && Read(line) is { } status)
            {
                found = status;
            }
            else
            {
                notes.Add(line);
            }
        }

        return (found ?? Of(exitCode switch
        {
            NotLoggedIn => AdGuardState.LoggedOut,
            StatusUnavailable => AdGuardState.Unavailable,
            _ => AdGuardState.Unknown,
        })) with
        { Notes = notes };
    }

    private static AdGuardStatus? Read(string line) => line switch
    {
        _ when line.StartsWith("You are not logged in", StringComparison.Ordinal) => Of(AdGuardState.LoggedOut),
        _ when line.StartsWith("VPN is disconnected", StringComparison.Ordinal) => Of(AdGuardState.Disconnected),
        _ when line.StartsWith("VPN active, but status unavailable", StringComparison.Ordinal) => Of(AdGuardState.Unavailable),
        _ when Connection().Match(line) is { Success: true } match => new AdGuardStatus(
            AdGuardState.Connected,
            match.Groups["city"].Value,
            match.Groups["mode"].Value,
            match.Groups["interface"] is { Success: true } named ? named.Value : null,
            []),
        _ => null,
    };

    private static AdGuardStatus Of(AdGuardState state) => new(state, null, null, null, []);

    [GeneratedRegex(@"^Connected to (?<city>.+) in (?<mode>[A-Z0-9]+) mode(, running on (?<interface>[A-Za-z0-9._-]{1,15}))?")]
    private static partial Regex Connection();
}
