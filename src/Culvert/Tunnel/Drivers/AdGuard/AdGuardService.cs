namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What the clients of one tunnel role share: settings once made, locations once asked for.</summary>
internal sealed class AdGuardService(AdGuardCli cli, IReadOnlyList<string> names)
{
    public const string LogIn = "AdGuard VPN is not logged in: run `culvert login`, and the tunnel comes up by itself";

    /// <summary>So long a call of somebody else, who may be waiting for a person at a browser, is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan BehindRealOnes = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> postponed = [];
    private IReadOnlyList<AdGuardLocation> locations = [];
    private string? configuredFor;

    public AdGuardCli Cli => cli;

    /// <summary>Null when a connection to the location may be tried; otherwise how that ends before it begins.</summary>
    public async Task<TunnelEvent.ClientEnded?> ObstacleAsync(int client, string location, string uplink, CancellationToken cancellationToken)
    {
        TunnelEvent.ClientEnded Everywhere(string reason, bool refused) => new(client, reason, refused) { SameEverywhere = true };
        if (await cli.StatusAsync(Patience, cancellationToken) is not { } status)
        {
            return Everywhere("another call of AdGuard's client is under way (`culvert login` waits for a browser), and two at once can log it out", refused: false);
        }

        if (status.State == AdGuardState.LoggedOut)
        {
            return Everywhere(LogIn, refused: true);
        }

        if (status.State is AdGuardState.Connected or AdGuardState.Unavailable)
        {
            // Of a role that was killed; its process is gone or is none of ours to keep.
            await cli.CallAsync(["disconnect"], cancellationToken);
        }

        if (configuredFor != uplink && await cli.ConfigureAsync(uplink, cancellationToken) is { Count: > 0 } problems)
        {
            return Everywhere($"{string.Join("; ", problems)}, so it is not let on", refused: true);
        }

        configuredFor = uplink;
        return await LocationObstacleAsync(location, cancellationToken) switch
        {
            null => null,
            var (reason, virtualOne) => new(client, reason, Refused: false) { LeaveFor = virtualOne ? BehindRealOnes : null },
        };
    }

    /// <summary>A list that does not come keeps nobody: the client itself knows whether it has the location.</summary>
    private async Task<(string Reason, bool Virtual)?> LocationObstacleAsync(string location, CancellationToken cancellationToken)
    {
        if (location == AdGuardExit.Fastest)
        {
            return null;
        }

        locations = locations.Count > 0 ? locations : await cli.LocationsAsync(cancellationToken);
        if (locations.Count > 0 && !locations.Any(row => row.IsNamed(location)))
        {
            return ($"AdGuard VPN has no location {location}; `adguardvpn-cli list-locations` shows what it has", false);
        }

        // A virtual exit is not where it says: real ones come first, wherever culvert.yaml has them. Once: then it has its turn.
        return IsVirtual(location) && names.Any(name => !IsVirtual(name)) && postponed.Add(location)
            ? ($"{location} is a virtual location, so the real ones are tried first", true)
            : null;
    }

    private bool IsVirtual(string name) => locations.Where(row => row.IsNamed(name)).ToList() is { Count: > 0 } rows && rows.TrueForAll(row => row.IsVirtual);
}
