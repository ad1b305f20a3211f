namespace Culvert.Proxy.Relay;

/// <summary>
/// Copies both ways until both have ended. An end in one direction is passed on and the other goes on; an error in
/// either resets both.
/// </summary>
internal static class WireRelay
{
    /// <summary>False when a side broke off.</summary>
    public static async Task<bool> RunAsync(Wire client, Wire server, Tally tally, CancellationToken cancellationToken)
    {
        // One registration for the whole life: the pumps wait without a token, and end with their wires.
        using var cancellation = cancellationToken.UnsafeRegister(static ends => Abort(((Wire, Wire))ends!), (client, server));
        var up = new Pump(client, server, tally, isUp: true).RunAsync();
        var down = new Pump(server, client, tally, isUp: false).RunAsync();
        var isWhole = await up & await down;
        cancellationToken.ThrowIfCancellationRequested();
        return isWhole;
    }

    private static void Abort((Wire Client, Wire Server) ends)
    {
        ends.Client.Abort();
        ends.Server.Abort();
    }
}
