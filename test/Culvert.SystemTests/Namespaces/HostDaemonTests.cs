using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>What a command inside reaches of the host's daemons, which stand outside of the tunnel: of those that lead out, nothing at any time.</summary>
public sealed class HostDaemonTests(RunningStackHost host) : IClassFixture<RunningStackHost>
{
    private const string Root = "0";
    private const string Nobody = "65534";
    private const string NameSocket = "/run/nscd/socket";
    private const string StubFile = "/run/systemd/resolve/stub-resolv.conf";
    private const string Connect = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly LabCommandOptions AsNobody = new() { Environment = new Dictionary<string, string> { ["SUDO_UID"] = Nobody, ["SUDO_GID"] = Nobody } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/run/nscd/socket")]
    [InlineData("/run/avahi-daemon/socket")]
    [InlineData("/run/dbus/system_bus_socket")]
    [InlineData("/run/systemd/resolve/io.systemd.Resolve")]
    [InlineData("/run/systemd/private")]
    [InlineData("/run/docker.sock")]
    [InlineData("/run/containerd/containerd.sock")]
    [InlineData("/run/podman/podman.sock")]
    [InlineData("/run/tailscale/tailscaled.sock")]
    public async Task One_that_leads_out_cannot_be_reached(string socket)
    {
        await OnHostAsync($"rm -rf {socket}");
        await using var daemon = await HostDaemon.StartAsync(host.Host, socket, Token);
        // The same call from the host: the probe can reach what is there.
        Assert.True((await host.Host.RunAsync(RepositoryFiles.Python, ["-c", Connect, socket], Token)).Succeeded);
        var inside = await InsideAsync(RepositoryFiles.Python, "-c", Connect, socket);
        Assert.False(inside.Succeeded);
        Assert.Contains("FileNotFoundError", inside.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_daemon_that_starts_while_a_command_runs_is_not_asked_by_it()
    {
        await OnHostAsync("rm -rf /run/nscd");
        await using var shell = await StartShellAsync();
        await using var daemon = await HostDaemon.StartAsync(host.Host, NameSocket, Token);
        await AssertOnlyTheHostAsksAsync(daemon, shell);
    }

    [Fact]
    public async Task A_name_daemon_that_makes_its_directory_anew_while_a_command_runs_is_not_asked_by_it()
    {
        await OnHostAsync("rm -rf /run/nscd");
        await using var shell = await WithAnEarlierDaemonAsync(NameSocket);
        await OnHostAsync("rm -r /run/nscd");
        await using var daemon = await HostDaemon.StartAsync(host.Host, NameSocket, Token);
        await AssertOnlyTheHostAsksAsync(daemon, shell);
    }

    [Fact]
    public async Task A_command_that_stands_in_run_does_not_get_past_it()
    {
        await OnHostAsync("rm -rf /run/nscd; mkdir -p /run/lock");
        await using var daemon = await HostDaemon.StartAsync(host.Host, NameSocket, Token);
        string[] probe = [RepositoryFiles.Python, "-c", Connect, "../nscd/socket"];
        var inRun = new LabCommandOptions { WorkingDirectory = "/run/lock" };
        Assert.True((await host.Host.RunAsync(probe[0], probe[1..], inRun, Patience, Token)).Succeeded);
        var inside = await host.Culvert.CallAsync(["run", "--", .. probe], inRun, Patience, Token);
        Assert.Contains("FileNotFoundError", inside.Error, StringComparison.Ordinal);
        Assert.Equal("/run/lock\n", (await host.Culvert.CallAsync(["run", "--", "pwd"], inRun, Patience, Token)).Output);
    }

    [Theory]
    [InlineData("/run/plain.sock")]
    [InlineData("/run/postgresql/.s.PGSQL.5432")]
    [InlineData("/run/systemd/journal/dev-log")]
    public async Task Any_other_is_reached_as_before(string socket)
    {
        await OnHostAsync($"rm -f {socket}");
        await using var daemon = await HostDaemon.StartAsync(host.Host, socket, Token);
        var inside = await InsideAsync(RepositoryFiles.Python, "-c", Connect, socket);
        Assert.True(inside.Succeeded, inside.Describe());
        await daemon.WaitForCallerAsync(Nobody, Token);
    }

    [Fact]
    public async Task The_callers_own_places_in_run_are_shared_with_the_host()
    {
        await OnHostAsync($"install -d -o {Nobody} -m 700 /run/user/{Nobody}; install -d -m 1777 /run/lock; ln -sfn /dev/shm /run/shm; echo 7 >/run/number; chmod 666 /run/number");
        await using var shell = await StartShellAsync();
        await shell.WriteAsync($"cd /run; echo mine >user/{Nobody}/file; echo lock >lock/file; readlink shm; cat number; echo 8 >number; echo written\n", close: false, Token);
        await shell.WaitForLineAsync(line => line == "written", Patience, Token);
        Assert.Equal("ready\n/dev/shm\n7\nwritten\n", shell.Output);
        Assert.Equal("mine\nlock\n8\n", await OnHostAsync($"cd /run; cat user/{Nobody}/file lock/file number"));

        // And what comes to be in them later.
        await OnHostAsync($"install -d -o {Nobody} /run/user/{Nobody}/later");
        await shell.WriteAsync($"ls user/{Nobody}; echo listed\n", close: false, Token);
        await shell.WaitForLineAsync(line => line == "later", Patience, Token);
    }

    [Fact]
    public async Task Names_are_asked_of_the_stacks_resolver_also_where_resolved_owns_the_file()
    {
        var own = await OnHostAsync("cat /etc/resolv.conf");
        await OnHostAsync($"mkdir -p /run/systemd/resolve; echo nameserver 127.0.0.53 >{StubFile}; ln -sfn {StubFile} /etc/resolv.conf");
        try
        {
            await using var shell = await StartShellAsync();
            await OnHostAsync($"rm -r /run/systemd/resolve; mkdir /run/systemd/resolve; echo nameserver 127.0.0.53 >{StubFile}");
            await shell.WriteAsync("cat /etc/resolv.conf; ls /run/systemd/resolve; echo read\n", close: false, Token);
            await shell.WaitForLineAsync(line => line == "read", Patience, Token);
            Assert.Equal("ready\n# Written by culvert.\nnameserver 127.0.0.1\nstub-resolv.conf\nread\n", shell.Output);
        }
        finally
        {
            await OnHostAsync($"rm /etc/resolv.conf; cat >/etc/resolv.conf <<'END'\n{own}END\n");
        }
    }

    [Fact]
    public void A_role_writes_in_run_to_its_own_files_only()
    {
        var proxy = host.Host.Processes.Single(process => process.CommandLine is [_, "proxy", ..]);
        File.WriteAllText($"/proc/{proxy.Pid}/root/run/culvert/culvert/proxy/here", "");
        File.Delete(host.Host.PathOf("/run/culvert/culvert/proxy/here"));
        var refused = Assert.Throws<IOException>(() => File.WriteAllText($"/proc/{proxy.Pid}/root/run/here", ""));
        Assert.Contains("Read-only file system", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>As glibc resolves for any program. The host's own call, afterwards, is the proof that a call is seen.</summary>
    private async Task AssertOnlyTheHostAsksAsync(HostDaemon daemon, LabProcess shell)
    {
        await shell.WriteAsync("getent hosts vpn; getent ahosts vpn; echo looked up\n", close: false, Token);
        await shell.WaitForLineAsync(line => line == "looked up", Patience, Token);
        Assert.Contains("172.30.98.2 ", shell.Output, StringComparison.Ordinal);
        await host.Host.RequireAsync("getent", ["hosts", "localhost"], Token);
        await daemon.WaitForCallerAsync(Root, Token);
        Assert.Equal([Root], daemon.Callers);
    }

    private async Task<LabProcess> WithAnEarlierDaemonAsync(string socket)
    {
        await using var earlier = await HostDaemon.StartAsync(host.Host, socket, Token);
        return await StartShellAsync();
    }

    private async Task<LabProcess> StartShellAsync()
    {
        var shell = await host.Culvert.StartInsideAsync(["sh"], app: false, AsNobody, Token);
        await shell.WriteAsync("echo ready\n", close: false, Token);
        await shell.WaitForLineAsync(line => line == "ready", Patience, Token);
        return shell;
    }

    private Task<LabCommandResult> InsideAsync(params string[] line) => host.Culvert.CallAsync(["run", "--", .. line], AsNobody, Patience, Token);

    private Task<string> OnHostAsync(string script) => host.Host.RequireAsync("sh", ["-c", script], Token);
}
