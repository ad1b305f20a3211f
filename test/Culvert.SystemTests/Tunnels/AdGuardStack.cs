using System.Net;
using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>
/// A lab whose exits take clients on port 443 and are AdGuard VPN's locations, with the double of its client on PATH. Its service
/// and its servers are known by name alone, and only the configured resolver knows the names.
/// </summary>
internal static class AdGuardStack
{
    public const string ServiceName = "api.adguard.lab.example";
    public const string State = "/var/lib/culvert/culvert/adguardvpn";
    public const string LoginFile = $"{State}/adguardvpn-cli/adguardvpn-cli.conf";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The service: something of the lab that listens on port 443 and is no target of the load.</summary>
    public static readonly IPAddress Service = LabAddresses.Providers[2].Address;

    /// <summary>What carries: the double, which ends with its own child and takes it along.</summary>
    public static readonly Victim Client = new("VPN client", process => process.CommandLine.Any(word => word.EndsWith("/adguardvpn-cli", StringComparison.Ordinal)) && process.CommandLine.Contains("connect"));

    public static readonly LabCommandOptions WithClient = new()
    {
        Environment = new Dictionary<string, string> { ["PATH"] = $"{RepositoryFiles.AdGuardFolder}:/usr/sbin:/usr/bin:/sbin:/bin", ["HOME"] = "/root" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Nothing of culvert runs yet.</summary>
    public static async Task<RunningStack> PrepareAsync(bool loggedIn = true)
    {
        var stack = await RunningStack.PrepareAsync();
        await OpenAsync(stack.Lab, Token);
        UseAdGuard(stack);
        DescribeWorld(stack, new { });
        if (loggedIn)
        {
            LogIn(stack);
        }

        return stack;
    }

    /// <summary>Exits take clients on port 443, the resolver knows their names, and the ISP counts what goes there as carrier.</summary>
    public static async Task OpenAsync(LabInternet lab, CancellationToken cancellationToken)
    {
        lab.Dot.Add(ServiceName, $"{Service}");
        foreach (var (exit, number) in new[] { (lab.Exit1, 1), (lab.Exit2, 2) })
        {
            lab.Dot.Add(HostOf(number), $"{exit.Address}");
            await exit.Place.RequireAsync(
                "nft", ["-f", "-"], cancellationToken, $"table ip https {{\n chain in {{\n type nat hook prerouting priority dstnat;\n ip daddr {exit.Address} tcp dport 443 redirect to :{LabAddresses.OpenVpnPort}\n }}\n}}\n");
            await lab.Counters.CountAsCarrierAsync(exit.Address, 443, cancellationToken);
        }

        await lab.Counters.CountAsCarrierAsync(Service, 443, cancellationToken);
        await lab.Counters.CountAsCarrierAsync(LabAddresses.DotResolver, 853, cancellationToken);
        await lab.Dot.StopAsync();
        await lab.Dot.StartAsync(cancellationToken);
    }

    /// <summary>The stack is up and carries.</summary>
    public static async Task<RunningStack> StartAsync()
    {
        var stack = await PrepareAsync();
        try
        {
            var up = await UpAsync(stack);
            Assert.True(up.Succeeded, $"{up.Describe()}\n{await LogAsync(stack)}");
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public static Task<LabCommandResult> UpAsync(RunningStack stack, params string[] options) =>
        stack.Culvert.CallAsync(["up", .. options], WithClient, TimeSpan.FromSeconds(90), Token);

    /// <summary>What the tunnel role said, where it has begun to speak.</summary>
    public static async Task<string> LogAsync(RunningStack stack) => stack.Lab.Host.PathOf("/run/culvert/culvert/logs/tunnel.log") is var log && File.Exists(log)
        ? await File.ReadAllTextAsync(log, Token)
        : "the tunnel role has no log";

    /// <summary>Writes culvert.yaml anew; <c>culvert up</c> makes it so.</summary>
    public static void UseAdGuard(RunningStack stack, string locations = "Frankfurt, Stockholm") => stack.Lab.Host.WriteFile(
        StackInput.File,
        StackInput.Yaml
            .Replace("driver: openvpn", "driver: adguard", StringComparison.Ordinal)
            .Replace("[exit1.ovpn, exit2.ovpn]", $"[{locations}]", StringComparison.Ordinal));

    /// <summary>What a login leaves behind.</summary>
    public static void LogIn(RunningStack stack) => stack.Lab.Host.WriteFile(LoginFile, """{"logged_in": true}""", Secret);

    /// <summary>What the double knows of the world, with <paramref name="more"/> of it.</summary>
    public static void DescribeWorld(RunningStack stack, object more) =>
        stack.Lab.Host.WriteFile("/etc/adguard-double.json", World(StackInput.Folder, more));

    /// <summary>The double's world as JSON; the profiles of the exits lie in <paramref name="profiles"/>.</summary>
    public static string World(string profiles, object? more = null)
    {
        var world = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        world["api"] = ServiceName;
        world["locations"] = JsonSerializer.SerializeToNode(new[]
        {
            new { iso = "DE", country = "Germany", city = "Frankfurt", ping = 20, profile = $"{profiles}/exit1.ovpn", host = HostOf(1), @virtual = false },
            new { iso = "SE", country = "Sweden", city = "Stockholm", ping = 30, profile = $"{profiles}/exit2.ovpn", host = HostOf(2), @virtual = false },
            new { iso = "RU", country = "Russia", city = "Moscow", ping = 10, profile = $"{profiles}/exit1.ovpn", host = HostOf(1), @virtual = true },
        });
        return world.ToJsonString();
    }

    private static string HostOf(int exit) => $"exit{exit}.adguard.lab.example";
}
