using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Namespaces;

/// <summary><c>culvert run</c>: the command is the caller's own in everything but its network and its privileges.</summary>
public sealed class RunTests(RunningStackHost host) : IClassFixture<RunningStackHost>
{
    private const int UserSignal = 10;
    private const int Terminate = 15;

    private static readonly string[] CapabilitySets = ["Inh", "Prm", "Eff", "Bnd", "Amb"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -TERM $$", 128 + 15)]
    [InlineData("kill -KILL $$", 128 + 9)]
    public async Task Ends_as_the_command_ends(string script, int exitCode) => Assert.Equal(exitCode, (await RunAsync("sh", "-c", script)).ExitCode);

    [Fact]
    public async Task A_command_that_is_not_there_is_told_by_name()
    {
        var result = await RunAsync("no-such-command");
        Assert.Equal(127, result.ExitCode);
        Assert.Contains("no-such-command", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_arrive_to_the_letter()
    {
        string[] arguments = ["--json", "-n", "a b", "", "@file", "[suggest]", "--", "-c", "é\n'\"$HOME*"];
        var result = await RunAsync(["printf", "%s|", .. arguments]);
        Assert.Equal(string.Join("|", arguments) + "|", result.Output);
    }

    [Fact]
    public async Task Signals_reach_the_command_itself()
    {
        await using var running = await host.Culvert.StartInsideAsync(
            ["sh", "-c", "trap 'echo caught; exit 5' USR1; echo ready; while :; do sleep 0.05; done"], app: false, LabCommandOptions.None, Token);
        await running.WaitForLineAsync(line => line == "ready", Patience, Token);
        running.Signal(UserSignal);
        var result = await running.WaitAsync(Patience, Token);
        Assert.Equal((5, "ready\ncaught\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_signal_that_ends_it_ends_it()
    {
        await using var running = await host.Culvert.StartInsideAsync(["sh", "-c", "echo ready; exec sleep 1000"], app: false, LabCommandOptions.None, Token);
        await running.WaitForLineAsync(line => line == "ready", Patience, Token);
        running.Signal(Terminate);
        Assert.Equal(128 + Terminate, (await running.WaitAsync(Patience, Token)).ExitCode);
        Assert.DoesNotContain(host.Host.Processes, process => process.Name == "sleep");
    }

    [Fact]
    public async Task Input_passes_through_whole()
    {
        var input = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"line {number}\n"));
        var result = await host.Culvert.CallAsync(["run", "--", "cat"], new LabCommandOptions { Input = input }, Patience, Token);
        Assert.Equal(input, result.Output);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_command()
    {
        var line = $"{host.Culvert.Path} run -- yes | head -n 1; echo \"${{PIPESTATUS[0]}}\"";
        var result = await host.Host.RunAsync("bash", ["-c", line], Token);
        Assert.Equal("y\n141\n", result.Output);
    }

    [Fact]
    public async Task Folder_and_environment_are_the_callers()
    {
        var options = new LabCommandOptions { WorkingDirectory = "/usr/share", Environment = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "sk-1" } };
        var result = await host.Culvert.CallAsync(["run", "--", "sh", "-c", "pwd; echo $OPENAI_API_KEY"], options, Patience, Token);
        Assert.Equal("/usr/share\nsk-1\n", result.Output);
    }

    [Fact]
    public async Task It_runs_as_the_user_behind_sudo_with_their_groups_and_home()
    {
        host.Host.WriteFile("/etc/passwd", await ReadAsync("/etc/passwd") + "ann:x:4242:4243::/home/ann:/bin/sh\n");
        host.Host.WriteFile("/etc/group", await ReadAsync("/etc/group") + "ann:x:4243:\nlab:x:4244:ann\n");
        var result = await RunBehindSudoAsync("4242", "4243", "sh", "-c", "id -u; id -g; id -Gn; echo $HOME $USER $LOGNAME");
        Assert.Equal("4242\n4243\nann lab\n/home/ann ann ann\n", result.Output);
    }

    [Fact]
    public async Task A_user_whom_the_guard_would_take_for_a_role_is_refused()
    {
        var result = await RunBehindSudoAsync("970", "970", "id");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("uid 970 is the tunnel's", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("65534", false)]
    [InlineData("0", true)]
    public async Task It_has_no_capability_and_can_gain_none_also_as_root(string uid, bool app)
    {
        var options = new LabCommandOptions { Environment = new Dictionary<string, string> { ["SUDO_UID"] = uid, ["SUDO_GID"] = uid } };
        var result = await host.Culvert.CallAsync(
            ["run", .. app ? ["--app"] : Array.Empty<string>(), "--", "grep", "-E", "^(Uid|Cap|NoNewPrivs)", "/proc/self/status"], options, Patience, Token);
        Assert.Equal(
            $"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
            + string.Concat(CapabilitySets.Select(set => $"Cap{set}:\t0000000000000000\n"))
            + "NoNewPrivs:\t1\n",
            result.Output);
    }

    [Theory]
    [InlineData("nft", "flush", "ruleset")]
    [InlineData("ip", "route", "add", "8.8.8.8/32", "dev", "uplink0")]
    [InlineData("ip", "link", "set", "tun0", "down")]
    [InlineData("unshare", "--net", "true")]
    [InlineData("setpriv", "--reuid=970", "true")]
    [InlineData("umount", "/etc/resolv.conf")]
    public async Task Root_inside_cannot_touch_the_network_or_become_a_role(params string[] line) => Assert.False((await RunAsync(line)).Succeeded);

    [Fact]
    public async Task Names_are_asked_of_the_stacks_own_resolver()
    {
        Assert.Equal("# Written by culvert.\nnameserver 127.0.0.1\n", (await RunAsync("cat", "/etc/resolv.conf")).Output);
        Assert.Equal("# Written by culvert.\n127.0.0.1 localhost\n127.0.1.1 host\n172.30.98.2 vpn\n", HostNameLeftOut((await RunAsync("cat", "/etc/hosts")).Output));
        Assert.Contains("hosts:          files dns\n", (await RunAsync("cat", "/etc/nsswitch.conf")).Output, StringComparison.Ordinal);
        Assert.StartsWith("172.30.98.2 ", (await RunAsync("getent", "hosts", "vpn")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_applications_names_are_asked_of_its_own_network()
    {
        var result = await host.Culvert.RunAsync(["cat", "/etc/resolv.conf"], app: true, Patience, Token);
        Assert.Equal("# Written by culvert.\nnameserver 10.0.2.3\n", result.Output);
    }

    [Theory]
    [InlineData("run", "--", "true")]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("verify")]
    public async Task Without_root_a_command_that_needs_it_says_so(params string[] command)
    {
        var options = new LabCommandOptions { WorkingDirectory = "/" };
        host.Host.WriteFile("/etc/ordinary/culvert.yaml", "vpn: {driver: adguard}\n");
        var result = await host.Host.RunAsync(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "-C", "/etc/ordinary", host.Culvert.Path, .. command],
            options,
            Patience,
            Token);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("sudo", result.Error, StringComparison.Ordinal);
    }

    private Task<LabCommandResult> RunAsync(params string[] line) => host.Culvert.RunAsync(line, app: false, Patience, Token);

    private Task<LabCommandResult> RunBehindSudoAsync(string uid, string gid, params string[] line)
    {
        var options = new LabCommandOptions { Environment = new Dictionary<string, string> { ["SUDO_UID"] = uid, ["SUDO_GID"] = gid } };
        return host.Culvert.CallAsync(["run", "--", .. line], options, Patience, Token);
    }

    private Task<string> ReadAsync(string path) => File.ReadAllTextAsync(host.Host.PathOf(path), Token);

    // The lab's machines share the outer machine's name.
    private static string HostNameLeftOut(string hosts) => hosts.Replace($"127.0.1.1 {Environment.MachineName}", "127.0.1.1 host", StringComparison.Ordinal);
}
