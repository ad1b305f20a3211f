using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A stack in namespaces that is used alike whatever its driver is; what differs between the drivers is here.</summary>
internal sealed class DriverStack : IAsyncDisposable
{
    private DriverStack(string driver, RunningStack stack, LabWireGuardExit[] wireGuard)
    {
        (Driver, Stack, Exits) = (driver, stack, new DriverExits(stack.Lab, wireGuard));
    }

    public string Driver { get; private set; }

    public RunningStack Stack { get; }

    public DriverExits Exits { get; }

    /// <summary>The process whose death is the tunnel's.</summary>
    public Victim Client => Driver switch
    {
        "wireguard" => new Victim("VPN client", process => process.Name == "wireguard-go"),
        "adguard" => AdGuardStack.Client,
        _ => Victim.Client,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Nothing of culvert runs yet; the lab speaks what this driver needs, and nothing else counts as carrier.</summary>
    public static async Task<DriverStack> PrepareAsync(string driver)
    {
        if (driver == "wireguard")
        {
            var (stack, exits) = await WireGuardStack.PrepareAsync();
            return new DriverStack(driver, stack, exits);
        }

        return new DriverStack(driver, await (driver == "adguard" ? AdGuardStack.PrepareAsync() : RunningStack.PrepareAsync()), []);
    }

    /// <summary>Nothing of culvert runs yet; every driver can be used, and what any of them sends counts as carrier.</summary>
    public static async Task<DriverStack> PrepareForAllAsync()
    {
        var stack = await AdGuardStack.PrepareAsync();
        return new DriverStack("adguard", stack, await WireGuardStack.AddExitsAsync(stack));
    }

    /// <summary>Writes culvert.yaml anew, with this exit (1 or 2) before the other; <c>culvert up</c> makes it so.</summary>
    public void Use(string driver, int exit)
    {
        Driver = driver;
        switch (driver)
        {
            case "wireguard":
                WireGuardStack.UseWireGuard(Stack, $"exit{exit}.conf, exit{3 - exit}.conf");
                break;
            case "adguard":
                AdGuardStack.UseAdGuard(Stack, exit == 1 ? "Frankfurt, Stockholm" : "Stockholm, Frankfurt");
                break;
            default:
                var locations = $"[exit{exit}.ovpn, exit{3 - exit}.ovpn]";
                Stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("[exit1.ovpn, exit2.ovpn]", locations, StringComparison.Ordinal));
                break;
        }
    }

    public Task<LabCommandResult> UpAsync(params string[] options) => AdGuardStack.UpAsync(Stack, options);

    /// <summary>What the tunnel role said, for a failure.</summary>
    public Task<string> LogAsync() => AdGuardStack.LogAsync(Stack);

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
