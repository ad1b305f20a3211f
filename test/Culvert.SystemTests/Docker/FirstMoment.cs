using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>A container that talks as soon as the namespace can be joined. It joins beside Compose, so no condition holds it back: only the guard does.</summary>
internal static class FirstMoment
{
    public const string Talker = "talker";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Brings a stack up that is down, until dev's calls come from the exit. Returns what the ISP saw meanwhile; see <see cref="IspCounters.LeakedFromInside"/>.</summary>
    public static async Task<IspCounters> UpAsync(DockerStack stack, CancellationToken cancellationToken)
    {
        var run = $"docker run --interactive --rm --name {Talker} --network container:vpn --user 1000:1000 --entrypoint {RepositoryFiles.Python} "
            + $"--volume {RepositoryFiles.Probe("load.py")}:/load.py:ro culvert-dev /load.py --rate 5000 {string.Join(' ', Load.Everywhere)} {stack.Lab.Exit1.Address}";
        await using var talker = await stack.Lab.Host.StartAsync(
            "sh", ["-c", $"until {run} 2>/dev/null; do :; done"], new LabCommandOptions { Environment = DockerEngine.Surroundings }, cancellationToken);
        var before = await stack.CountAsync();
        await stack.UpAsync();
        await talker.WaitForLineAsync(line => line == "loading", Patience, cancellationToken);
        await stack.WaitForDevAsync();
        var seen = (await stack.CountAsync()).Since(before);
        await stack.DockerAsync("rm", "--force", Talker);
        return seen;
    }
}
