namespace Culvert.Runtimes.Namespaces;

/// <summary>Takes a stack down: the journal backwards, then whatever else bears the stack's name.</summary>
internal sealed class Demolition(Places places, TimeProvider time)
{
    private readonly StackProcesses processes = new(places, time);

    /// <summary>False when there was nothing to take down.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (!places.HasLeftovers && !File.Exists(places.Lock))
        {
            StackLock.RemoveRoot();
            return false;
        }

        using var alone = await StackLock.TakeAsync(places, time, cancellationToken);
        await RunLockedAsync(cancellationToken);
        StackLock.Remove(places);
        return true;
    }

    /// <summary>The same, for a caller that holds the stack's lock.</summary>
    public async Task RunLockedAsync(CancellationToken cancellationToken)
    {
        var runner = new UndoRunner(processes, places);
        foreach (var undo in Order(Journal.UndosOf(Journal.Read(places.Journal))))
        {
            await runner.UndoAsync(undo, cancellationToken);
        }
    }

    /// <summary>
    /// Processes first, also those that a journal which ends early does not know of; the run directory last, because the
    /// journal is in it.
    /// </summary>
    public IEnumerable<Undo> Order(IEnumerable<Undo> journalled)
    {
        var whole = new RemoveTree(places.Run.Path);
        return
        [
            .. new Undo[] { new StopProcesses(places.Name) }
                .Concat(journalled)
                .Concat(
                [
                    new DeleteNamespace(places.VpnNamespace),
                    new DeleteNamespace(places.AppNamespace),
                    new RemoveTree(places.VpnFiles),
                    new RemoveTree(places.AppFiles),
                ])
                .Where(undo => undo != whole)
                .Distinct(),
            whole,
        ];
    }
}
