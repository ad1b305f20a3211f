using System.Collections.Immutable;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What <c>up</c> found and did. <see cref="Restarted"/> names the roles that a changed configuration started anew.</summary>
internal sealed record BringupResult(BringupKind Kind, IReadOnlyList<string> Restarted);

internal enum BringupKind
{
    Started,
    AlreadyUp,
    Revived,
    Changed,
}

/// <summary>
/// Brings a stack to what its configuration says, from wherever it is now. With <paramref name="atOnce"/> no stream is waited for before its tunnel is changed.
/// </summary>
internal sealed class Bringup(PlanInput input, bool foreground, bool atOnce, TimeProvider time, Action<string> say)
{
    private readonly Places places = new(input.Stack.Name);

    public async Task<BringupResult> RunAsync(CancellationToken cancellationToken)
    {
        using var alone = await StackLock.TakeAsync(places, time, cancellationToken);
        var runner = new DeedRunner(places, token => StartSupervisorAsync(alone, token));
        if (!IsWhole(places))
        {
            if (places.HasLeftovers)
            {
                say($"{places.Name}: an earlier start was cut short; taking its remains down");
                await new Demolition(places, time).RunLockedAsync(cancellationToken);
            }

            await BuildAsync(runner, cancellationToken);
            return new(BringupKind.Started, []);
        }

        var changes = AppliedInputs.Of(input).ChangesSince(AppliedInputs.FromJson(await File.ReadAllTextAsync(places.Applied, cancellationToken)));
        if (changes.Contains(AppliedInputs.Networks))
        {
            say($"{places.Name}: the networks changed; making the namespaces anew");
            await new Demolition(places, time).RunLockedAsync(cancellationToken);
            await BuildAsync(runner, cancellationToken);
            return new(BringupKind.Changed, changes);
        }

        var revived = await ReviveAsync(alone, cancellationToken);
        if (changes.Count == 0)
        {
            return new(revived ? BringupKind.Revived : BringupKind.AlreadyUp, []);
        }

        if (!atOnce && changes.Contains(Role.Tunnel.Name))
        {
            // Before anything is written: who is interrupted here has changed nothing.
            await new StreamDrain(_ => Task.FromResult(TunnelTraffic.Read(places)), time, say).WaitAsync(cancellationToken);
        }

        await ApplyAsync(runner, changes, cancellationToken);
        return new(BringupKind.Changed, changes);
    }

    private async Task BuildAsync(DeedRunner runner, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(places.Run.Path);
        using var journal = Journal.Open(places.Journal);
        // Facts are read again: taking remains down may have changed them.
        foreach (var step in NamespacesPlan.Of(input with { Host = HostFactsReader.Read() }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            journal.Write(step);
            await runner.DoAsync(step.Do, cancellationToken);
        }
    }

    /// <summary>The last step was begun, so all before it were finished.</summary>
    public static bool IsWhole(Places places) =>
        !File.Exists(places.Stopping)
        && NamedNamespace.Exists(places.VpnNamespace)
        && NamedNamespace.Exists(places.AppNamespace)
        && Journal.Read(places.Journal).Any(entry => entry.Undo is StopProcesses);

    /// <summary>Starts the supervisor where it is gone together with its keeper; the roles may be running all the same.</summary>
    private async Task<bool> ReviveAsync(FileLock alone, CancellationToken cancellationToken)
    {
        if (foreground || Keeper(Units.SupervisorUnit(places, input.Host.Program)).Adopt() is not null)
        {
            return false;
        }

        await StartSupervisorAsync(alone, cancellationToken);
        return true;
    }

    private Task StartSupervisorAsync(FileLock alone, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (foreground)
        {
            return Task.CompletedTask;
        }

        // The supervisor outlives this process, and the lock must not.
        File.Delete(places.Foreground);
        alone.Inherited = false;
        Keeper(Units.SupervisorUnit(places, input.Host.Program)).Start(null);
        alone.Inherited = true;
        return Task.CompletedTask;
    }

    /// <summary>Writes the files anew and ends the roles that read them; the supervisor starts them again, hold first.</summary>
    private async Task ApplyAsync(DeedRunner runner, IReadOnlyList<string> changes, CancellationToken cancellationToken)
    {
        var steps = NamespacesPlan.Files(input).ToImmutableArray();
        foreach (var step in steps)
        {
            await runner.DoAsync(step.Do, cancellationToken);
        }

        RemoveOldSecrets(steps);
        var restart = new RoleRestart(places, time);
        foreach (var role in changes)
        {
            say($"{role}: the configuration changed; starting it again");
            await restart.RunAsync(role, isSupervised: !foreground, cancellationToken);
        }

        await runner.DoAsync(NamespacesPlan.Applied(input).Do, cancellationToken);
    }

    private void RemoveOldSecrets(ImmutableArray<PlanStep> steps)
    {
        var wanted = steps.Select(step => step.Do).OfType<WriteSecret>().Select(secret => secret.Path).ToHashSet();
        foreach (var directory in input.Secrets.Select(secret => places.Run.SecretsOf(secret.Role)).Distinct())
        {
            foreach (var file in Directory.EnumerateFiles(directory).Where(file => !wanted.Contains(file)))
            {
                File.Delete(file);
            }
        }
    }

    private UnitKeeper Keeper(UnitDefinition unit) => new(places, new StackProcesses(places, time), unit, time, _ => { });
}

/// <summary>The stack cannot be brought to what the configuration says.</summary>
internal sealed class BringupFailedException(string message) : Exception(message);
