using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>A tcpdump on one cable of the lab, for finding out what a counter saw. It is a diagnosis, not a proof: it may drop.</summary>
public sealed class Capture : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly LabPlace place;
    private readonly LabProcess tcpdump;
    private readonly string file;

    private Capture(LabPlace place, LabProcess tcpdump, string file)
    {
        this.place = place;
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /// <summary>Starts and waits until it listens. <paramref name="filter"/> is tcpdump's, one word an item; empty takes everything.</summary>
    public static async Task<Capture> StartAsync(LabPlace place, string leg, IReadOnlyList<string> filter, CancellationToken cancellationToken)
    {
        var file = $"/run/lab-{leg}-{Guid.NewGuid():n}.pcap";
        var tcpdump = await place.StartAsync("tcpdump", ["-i", leg, "-n", "-U", "--immediate-mode", "-Z", "root", "-w", file, .. filter], LabCommandOptions.None, cancellationToken);
        await tcpdump.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), Deadline, cancellationToken);
        return new Capture(place, tcpdump, file);
    }

    /// <summary>Stops and gives each packet as tcpdump prints it (<c>-nn -e</c>).</summary>
    public async Task<IReadOnlyList<string>> StopAsync(CancellationToken cancellationToken)
    {
        const int terminate = 15;
        // Asleep means that it has read all there was; a signal before that loses packets.
        while (tcpdump.Pid is { } pid && !LabProcessTable.IsAsleep(pid))
        {
            await Task.Delay(BetweenLooks, cancellationToken);
        }

        tcpdump.Signal(terminate);
        await tcpdump.WaitAsync(Deadline, cancellationToken);
        var text = await place.RequireAsync("tcpdump", ["-nn", "-e", "-r", file], cancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public ValueTask DisposeAsync() => tcpdump.DisposeAsync();
}
