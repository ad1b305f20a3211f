using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>A lab whose host has Culvert, one a class of tests. Each test finds it down, and leaves it so or running as the class says.</summary>
public class StackHost : IAsyncLifetime
{
    private LabInternet? lab;
    private CulvertCli? culvert;
    private MachineState? before;

    public LabInternet Lab => lab!;

    public LabMachine Host => Lab.Host;

    public CulvertCli Culvert => culvert!;

    public virtual async ValueTask InitializeAsync()
    {
        lab = await LabInternet.StartAsync(CancellationToken.None);
        culvert = new CulvertCli(lab.Host);
        before = await MachineState.ReadAsync(lab.Host, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (lab is not null)
        {
            await lab.DisposeAsync();
        }
    }

    /// <summary>Takes down whatever a test before left, and writes the lab's own culvert.yaml.</summary>
    public async Task StartAfreshAsync(CancellationToken cancellationToken)
    {
        Configure(StackInput.Yaml);
        Succeeded(await Culvert.DownAsync(cancellationToken));
    }

    public void Configure(string yaml) => Host.WriteFile(StackInput.File, yaml);

    /// <summary>The host is as it was before anything: no namespace, process, mount, file, route, rule, table or link more or less.</summary>
    public async Task AssertNothingIsLeftAsync(CancellationToken cancellationToken)
    {
        Assert.Empty((await MachineState.ReadAsync(Host, cancellationToken)).ChangesSince(before!));
        // One without a command line has ended, and the lab's nsenter has not heard of it yet.
        Assert.Empty(Host.Processes.Where(process => process.CommandLine.Count > 0).Select(process => string.Join(' ', process.CommandLine)));
        Assert.False(Directory.Exists(Host.PathOf("/run/culvert")), "/run/culvert is left");
        Assert.False(Directory.Exists(Host.PathOf("/run/netns")), "/run/netns is left");
        Assert.False(Directory.Exists(Host.PathOf("/etc/netns")), "/etc/netns is left");
    }

    public Task<StackSnapshot> LookAsync(CancellationToken cancellationToken) => StackSnapshot.LookAsync(Culvert, cancellationToken);

    public static LabCommandResult Succeeded(LabCommandResult result)
    {
        Assert.True(result.Succeeded, result.Describe());
        return result;
    }
}
