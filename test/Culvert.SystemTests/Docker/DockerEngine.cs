using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// A Docker Engine of its own on a machine of the lab, with the images that <c>build/docker-images</c> made: its networks, its NAT and its
/// containers are the lab's, and everything that they send passes the lab's ISP. At most one at a time on this machine.
/// </summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    public const string Socket = "unix:///run/docker.sock";
    private const string Run = "/run/docker-engine";
    private static readonly string[] Images = ["culvert", "culvert-dev", "culvert-app1", "culvert-prometheus"];
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private readonly LabMachine machine;
    private readonly FileStream onlyOne;
    private LabProcess? daemon;

    private DockerEngine(LabMachine machine, FileStream onlyOne)
    {
        this.machine = machine;
        this.onlyOne = onlyOne;
    }

    /// <summary>Where the images and Compose lie; outside of what a machine of the lab has of its own.</summary>
    public static string Cache => Environment.GetEnvironmentVariable("CULVERT_TEST_CACHE") ?? "/opt/culvert-tests";

    public static string Data => $"{Cache}/data";

    public static bool HasImages => Images.All(image => File.Exists($"{Cache}/images/{image}"));

    /// <summary>For whoever calls <c>docker</c> there: Debian's client, and Compose as its plugin.</summary>
    public static IReadOnlyDictionary<string, string> Surroundings { get; } = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["DOCKER_HOST"] = Socket,
        ["DOCKER_CONFIG"] = $"{Cache}/docker-config",
    };

    public static async Task<DockerEngine> StartAsync(LabMachine machine, CancellationToken cancellationToken)
    {
        var engine = new DockerEngine(machine, await LockAsync(cancellationToken));
        try
        {
            await machine.RequireAsync("sh", ["-c", MountControlGroups], cancellationToken);
            // Containers and networks of an engine that was killed; the images stay.
            foreach (var left in new[] { "network", "containers", "volumes" })
            {
                if (Directory.Exists($"{Data}/{left}"))
                {
                    Directory.Delete($"{Data}/{left}", recursive: true);
                }
            }

            await engine.StartDaemonAsync(cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the daemon, and waits until it answers. Containers of an earlier one run on (<c>--live-restore</c>).</summary>
    public async Task StartDaemonAsync(CancellationToken cancellationToken)
    {
        daemon = await machine.StartAsync(
            "dockerd",
            ["--data-root", Data, "--exec-root", $"{Run}/exec", "--pidfile", $"{Run}/pid", "--host", Socket, "--live-restore", "--oom-score-adjust=0"],
            LabCommandOptions.None,
            cancellationToken);
        var until = DateTimeOffset.UtcNow + StartDeadline;
        while (!(await DockerAsync(["version"], cancellationToken)).Succeeded)
        {
            Assert.True(!daemon.HasExited && DateTimeOffset.UtcNow < until, $"dockerd does not answer: {daemon.Error}");
            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    /// <summary>kill -9 of the daemon, and of nothing else.</summary>
    public void KillDaemon() => Assert.Single(machine.Processes, process => process.Name == "dockerd").Kill();

    public Task<LabCommandResult> DockerAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, TimeSpan? deadline = null) =>
        machine.RunAsync("docker", arguments, new LabCommandOptions { Environment = Surroundings }, deadline ?? TimeSpan.FromSeconds(30), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (daemon is { HasExited: false })
        {
            var all = await DockerAsync(["ps", "--all", "--quiet"], CancellationToken.None);
            if (all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids)
            {
                await DockerAsync(["rm", "--force", "--volumes", .. ids], CancellationToken.None, TimeSpan.FromMinutes(1));
            }

            await daemon.DisposeAsync();
        }

        await onlyOne.DisposeAsync();
    }

    private static async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var until = DateTimeOffset.UtcNow + LockPatience;
        while (true)
        {
            try
            {
                return new FileStream($"{Cache}/lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTimeOffset.UtcNow < until)
            {
                await Task.Delay(BetweenLooks, cancellationToken);
            }
        }
    }

    /// <summary>
    /// The machine's /sys is fresh and has no control groups. runc finds them by the mount table, which still lists the outer
    /// machine's below: each is mounted again where it was.
    /// </summary>
    private const string MountControlGroups = """
        set -e
        [ -z "$(ls -A /sys/fs/cgroup)" ] || exit 0
        grep -E ' /sys/fs/cgroup[/ ]' /proc/self/mounts >/run/control-groups
        while read -r _ target kind options _; do
            [ -d "$target" ] || mkdir "$target"
            controllers=${options#*relatime,}
            case $kind in
                tmpfs) mount -t tmpfs control-groups "$target" ;;
                cgroup2) mount -t cgroup2 control-groups "$target" ;;
                cgroup) case $controllers in name=*) controllers=none,$controllers ;; esac; mount -t cgroup -o "$controllers" control-groups "$target" ;;
            esac
        done </run/control-groups
        """;
}
