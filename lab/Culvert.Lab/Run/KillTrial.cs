using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>What killing a process under load came to. <see cref="Away"/> is how long the worst of dev's three ways had no answer.</summary>
public sealed record KillOutcome(string Victim, IspCounters Seen, bool Replaced, bool CallsCameBack, TimeSpan Away)
{
    /// <summary>The bound that the documentation promises.</summary>
    public static readonly TimeSpan LongestAway = TimeSpan.FromSeconds(10);

    public bool Holds => Seen.Leaked == 0 && Replaced && CallsCameBack && Away < LongestAway;
}

/// <summary>Kills processes of a running stack with SIGKILL while dev and an application push at everything that could leak.</summary>
public sealed class KillTrial : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private readonly LabInternet lab;
    private readonly Load[] loads;

    private KillTrial(LabInternet lab, Caller caller, Load[] loads)
    {
        this.lab = lab;
        Caller = caller;
        this.loads = loads;
    }

    public Caller Caller { get; }

    /// <summary>Starts the load: from dev by its routes and bound to the uplink, to providers, resolvers, over UDP, TCP, DNS and IPv6.</summary>
    public static async Task<KillTrial> StartAsync(LabInternet lab, CulvertCli culvert, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> inside = [culvert.Path, "run", "--"];
        var caller = await Caller.StartAsync(culvert, cancellationToken);
        var loads = await Task.WhenAll(
            Load.StartAsync(lab.Host, inside, Load.Everywhere, null, cancellationToken),
            Load.StartAsync(lab.Host, inside, [.. Load.Everywhere, lab.Exit1.Address], "uplink0", cancellationToken));
        return await caller.WaitForAnswersAsync(DateTimeOffset.MinValue, Patience, cancellationToken)
            ? new KillTrial(lab, caller, loads)
            : throw new LabException("dev has no answer on one of its three ways before anything was killed");
    }

    public Task<KillOutcome> KillAsync(Victim victim, CancellationToken cancellationToken) => DisturbAsync(
        victim.Name,
        () =>
        {
            var killed = victim.In(lab.Host);
            if (killed.Count == 0)
            {
                throw new LabException($"killing the {victim.Name}: no such process runs on the host");
            }

            foreach (var process in killed)
            {
                process.Kill();
            }

            return () => victim.In(lab.Host) is { Count: > 0 } now && now.All(process => killed.All(old => old.Pid != process.Pid));
        },
        cancellationToken);

    /// <summary>Does something to the stack, waits until it is over, and tells what the ISP saw meanwhile and how long calls were away.</summary>
    /// <param name="name">For the outcome.</param>
    /// <param name="disturb">Does it, and gives the condition that holds when the stack has noticed.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="patience">How long it may take to notice; half a minute when null.</param>
    public async Task<KillOutcome> DisturbAsync(string name, Func<Func<bool>> disturb, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        var before = await lab.Counters.ReadAsync(cancellationToken);
        var began = DateTimeOffset.UtcNow;
        var noticed = disturb();
        // Seen once is enough: a process that becomes another program, as hold does, cannot be read for a moment.
        bool replaced;
        while (!(replaced = noticed()) && DateTimeOffset.UtcNow - began < (patience ?? Patience))
        {
            await Task.Delay(BetweenLooks, cancellationToken);
        }

        var back = await Caller.WaitForAnswersAsync(DateTimeOffset.UtcNow, Patience, cancellationToken);
        var seen = (await lab.Counters.ReadAsync(cancellationToken)).Since(before);
        return new KillOutcome(name, seen, replaced, back, Caller.LongestGap(began));
    }

    /// <summary>How much the load tried to send in all.</summary>
    public async Task<LoadResult> StopAsync(CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(loads.Select(load => load.StopAsync(cancellationToken)));
        return new LoadResult(results.Sum(result => result.Tried), results.Sum(result => result.Refused));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var load in loads)
        {
            await load.DisposeAsync();
        }

        await Caller.DisposeAsync();
    }
}
