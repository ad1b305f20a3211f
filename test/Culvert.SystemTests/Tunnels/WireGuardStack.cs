using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A lab whose exits also speak WireGuard, with a culvert.yaml that names both.</summary>
internal static class WireGuardStack
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Nothing of culvert runs yet.</summary>
    public static async Task<(RunningStack Stack, LabWireGuardExit[] Exits)> PrepareAsync()
    {
        var stack = await RunningStack.PrepareAsync();
        var exits = await AddExitsAsync(stack);
        UseWireGuard(stack);
        return (stack, exits);
    }

    /// <summary>Servers beside the exits' OpenVPN, and their profiles beside culvert.yaml.</summary>
    public static async Task<LabWireGuardExit[]> AddExitsAsync(RunningStack stack)
    {
        LabWireGuardExit[] exits =
        [
            await LabWireGuardExit.StartAsync(stack.Lab.Exit1, 1, Token),
            await LabWireGuardExit.StartAsync(stack.Lab.Exit2, 2, Token),
        ];
        for (var i = 0; i < exits.Length; i++)
        {
            stack.Lab.Host.WriteFile($"{StackInput.Folder}/exit{i + 1}.conf", exits[i].Profile(), Secret);
        }

        return exits;
    }

    /// <summary>Writes culvert.yaml anew; <c>culvert up</c> makes it so.</summary>
    public static void UseWireGuard(RunningStack stack, string locations = "exit1.conf, exit2.conf") => stack.Lab.Host.WriteFile(
        StackInput.File,
        StackInput.Yaml
            .Replace("driver: openvpn", "driver: wireguard", StringComparison.Ordinal)
            .Replace("[exit1.ovpn, exit2.ovpn]", $"[{locations}]", StringComparison.Ordinal));
}
