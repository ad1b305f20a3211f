using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A stack in namespaces that is used alike whatever its driver is; what differs between the drivers is here.</summary>
internal sealed class DriverStack : IAsyncDisposable
{
    private static readonly string[] Cities = ["Frankfurt", "Stockholm"];

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
    public void Use(string driver, int exit) => Use(driver, [exit, 3 - exit]);

    /// <summary>The same with this exit alone, so that there is no other to go to.</summary>
    public void UseOnly(int exit) => Use(Driver, [exit]);

    /// <summary>What culvert.yaml and the report call exit 1 or 2.</summary>
    public string LocationOf(int exit) => Driver == "adguard" ? Cities[exit - 1] : $"exit{exit}";

    private void Use(string driver, IReadOnlyList<int> exits)
    {
        Driver = driver;
        var locations = string.Join(", ", exits.Select(exit => LocationOf(exit) + driver switch { "wireguard" => ".conf", "openvpn" => ".ovpn", _ => "" }));
        switch (driver)
        {
            case "wireguard":
                WireGuardStack.UseWireGuard(Stack, locations);
                break;
            case "adguard":
                AdGuardStack.UseAdGuard(Stack, locations);
                break;
            default:
                Stack.Lab.Host.WriteFile(StackInput.File, StackInput.Yaml.Replace("exit1.ovpn, exit2.ovpn", locations, StringComparison.Ordinal));
                break;
        }
    }

    /// <summary>The stack is up and carries; anything else fails the test with what <c>up</c> and the tunnel role said.</summary>
    public static async Task<DriverStack> StartAsync(string driver)
    {
        var one = await PrepareAsync(driver);
        try
        {
            await one.RequireUpAsync();
            return one;
        }
        catch
        {
            await one.DisposeAsync();
            throw;
        }
    }

    public async Task RequireUpAsync()
    {
        var up = await UpAsync();
        Assert.True(up.Succeeded, $"{up.Describe()}\n{await LogAsync()}");
    }

    public Task<LabCommandResult> UpAsync(params string[] options) => AdGuardStack.UpAsync(Stack, options);

    /// <summary>What the tunnel role said, for a failure.</summary>
    public Task<string> LogAsync() => AdGuardStack.LogAsync(Stack);

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
