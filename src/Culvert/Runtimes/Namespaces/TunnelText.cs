using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The tunnel's state as a sentence.</summary>
internal static class TunnelText
{
    public static string Sentence(TunnelReport? tunnel) => tunnel switch
    {
        null => "the tunnel has not reported yet",
        { State: TunnelState.Connected } => $"the tunnel is connected{At(" to ", tunnel)}{(tunnel.TunnelAddress is { } address ? $" as {address}" : "")}",
        { Reason: { } reason } => $"the tunnel is {Word(tunnel.State)}{At(" to ", tunnel)}, attempt {tunnel.Attempt}: {reason}",
        _ => $"the tunnel is {Word(tunnel.State)}{At(" to ", tunnel)}, attempt {tunnel.Attempt}",
    };

    private static string At(string joint, TunnelReport tunnel) =>
        (tunnel.Location ?? tunnel.Exit) is { } place ? joint + place : "";

    private static string Word(TunnelState state) => state switch
    {
        TunnelState.Failed => "down",
        _ => state.ToString().ToLowerInvariant(),
    };
}
