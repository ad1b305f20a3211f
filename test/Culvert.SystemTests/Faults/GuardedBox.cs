using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>A box as Docker would make it, with hold and the tunnel started in it by hand: its neighbours see every frame that leaves it.</summary>
internal sealed class GuardedBox
{
    private const string Run = "/run/culvert/box";
    private const string Fakes = "/run/fakes";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private GuardedBox(LabBox box) => Lab = box;

    public LabBox Lab { get; }

    public LabMachine Machine => Lab.Box;

    public bool HasReport => File.Exists(Report);

    public string Report => Machine.PathOf($"{Run}/namespace.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IReadOnlyList<string> RoleArguments(string role) =>
        [role, "--config", StackInput.File, "--run", Run];

    /// <summary>The guard stands, and hold pauses without a right.</summary>
    public static async Task<GuardedBox> StandAsync(LabInternet lab)
    {
        var box = new GuardedBox(await lab.AddBoxAsync(Token));
        await box.StandAsync();
        return box;
    }

    public static async Task<GuardedBox> PrepareAsync(LabInternet lab) => new(await lab.AddBoxAsync(Token));

    public async Task StandAsync()
    {
        foreach (var role in new[] { "hold", "tunnel" })
        {
            await Machine.RequireAsync("mkdir", ["-p", $"{Run}/{role}/secrets"], Token);
            foreach (var number in new[] { 1, 2 })
            {
                await Machine.RequireAsync("cp", [$"{StackInput.Folder}/exit{number}.ovpn", $"{Run}/{role}/secrets/vpn.locations.{number - 1}"], Token);
            }
        }

        await Machine.RequireAsync("chown", ["-R", "970:970", $"{Run}/tunnel"], Token);
        var hold = await Machine.StartAsync(RepositoryFiles.Culvert, RoleArguments("hold"), LabCommandOptions.None, Token);
        await RunningStack.WaitForAsync("hold reports that the guard stands", () =>
        {
            Assert.False(hold.HasExited, hold.Error);
            return Task.FromResult(HasReport);
        });
    }

    /// <summary>Starts the tunnel role as its own user with the one right that it has, and waits for its address.</summary>
    public async Task<System.Net.IPAddress> ConnectAsync()
    {
        string[] rights = ["--reuid", "970", "--regid", "970", "--clear-groups", "--inh-caps", "-all,+net_admin", "--ambient-caps", "-all,+net_admin", "--bounding-set", "-all,+net_admin", "--no-new-privs"];
        var tunnel = await Machine.StartAsync("setpriv", [.. rights, RepositoryFiles.Culvert, .. RoleArguments("tunnel")], LabCommandOptions.None, Token);
        var address = "";
        await RunningStack.WaitForAsync($"tun0 has an address in the box ({tunnel.Error})", async () =>
        {
            var shown = await Machine.RunAsync("ip", ["-4", "-o", "address", "show", "dev", "tun0", "up"], Token);
            address = shown.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3)?.Split('/')[0] ?? "";
            return address.Length > 0;
        });
        return System.Net.IPAddress.Parse(address);
    }

    /// <summary>Runs hold to its end with this script in nft's place.</summary>
    public Task<LabCommandResult> HoldOnceAsync(string nft, params IReadOnlyList<string> options)
    {
        const UnixFileMode executable = (UnixFileMode)0b111_101_101;
        Machine.WriteFile($"{Fakes}/nft", nft, executable);
        return HoldAsync($"{Fakes}:/usr/sbin:/usr/bin:/sbin:/bin", options);
    }

    /// <summary>Changes the guard under the hold that pauses.</summary>
    public Task<LabCommandResult> ChangeGuardAsync() => HoldAsync("/usr/sbin:/usr/bin:/sbin:/bin", "--once");

    private Task<LabCommandResult> HoldAsync(string path, params IReadOnlyList<string> options) => Machine.RunAsync(
        "env", [$"PATH={path}", RepositoryFiles.Culvert, .. RoleArguments("hold"), .. options], LabCommandOptions.None, Deadline, Token);

    public Task<string> RulesAsync() => Machine.RequireAsync("nft", ["--stateless", "list", "ruleset"], Token);
}
