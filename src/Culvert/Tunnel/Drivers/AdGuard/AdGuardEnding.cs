namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What the end of <c>connect</c> means.</summary>
internal static class AdGuardEnding
{
    private const int NotLoggedIn = 11;
    private const int NotRoot = 13;

    /// <summary>A line that says why.</summary>
    public static bool IsTrouble(string line) =>
        line.TrimStart().StartsWith("Failed", StringComparison.OrdinalIgnoreCase) || line.Contains("error", StringComparison.OrdinalIgnoreCase);

    public static TunnelEvent.ClientEnded Of(int client, AdGuardAnswer answer, string? trouble) => answer switch
    {
        { ExitCode: NotLoggedIn } => new(client, AdGuardService.LogIn, Refused: true) { SameEverywhere = true },
        { ExitCode: NotRoot } => new(client, $"AdGuard's client wants root and was not given it ({answer.Describe()})", Refused: true) { SameEverywhere = true },
        _ => new(client, trouble is null ? $"AdGuard's client {answer.Describe()}" : $"AdGuard's client ended ({trouble})", Refused: false),
    };
}
