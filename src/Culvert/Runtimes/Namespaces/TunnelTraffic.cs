using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What has come through the tunnel, as the kernel tells of the namespace that the tunnel role runs in.</summary>
internal static class TunnelTraffic
{
    /// <summary>Null when no tunnel carries.</summary>
    public static LinkTraffic? Read(Places places)
    {
        try
        {
            return ReportFile.ReadTunnel(places.Run.TunnelReport) is { State: TunnelState.Connected }
                && ProcessRecord.Read(places.RecordOf(Role.Tunnel.Name)) is { Identity.IsAlive: true } role
                    ? LinkTraffic.Read($"/proc/{role.Pid}/net", Role.TunnelInterface)
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The role ended just now, and its streams with it.
            return null;
        }
    }
}
