using System.Collections.Immutable;
using System.Text.Json;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// Keeps every unit of a stack running. The units do not depend on it: it may be killed at any moment, and the next one
/// adopts what it finds.
/// </summary>
internal sealed class Supervisor(Places places, string program, TimeProvider time)
{
    /// <summary>False when another one is running already. Detached, with a keeper that starts it again.</summary>
    public Task<bool> RunAsync(Action<string> say, CancellationToken cancellationToken) =>
        KeepAsync(Units.Supervisor, [.. ReadUnits(), Units.KeeperUnit(places, program)], say, cancellationToken);

    /// <summary>In the foreground, where whoever started it is the keeper (a systemd unit).</summary>
    public async Task<bool> RunInForegroundAsync(Action<string> say, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(places.Foreground, "", cancellationToken);
        return await KeepAsync(Units.Supervisor, ReadUnits(), say, cancellationToken);
    }

    /// <summary>The other half of the pair: keeps the supervisor running and does nothing else.</summary>
    public Task<bool> RunKeeperAsync(Action<string> say, CancellationToken cancellationToken) =>
        KeepAsync(Units.Keeper, [Units.SupervisorUnit(places, program)], say, cancellationToken);

    private async Task<bool> KeepAsync(string self, ImmutableArray<UnitDefinition> units, Action<string> say, CancellationToken cancellationToken)
    {
        // A second one would start everything twice.
        using var alone = FileLock.TryTake($"{places.Pids}/{self}.lock");
        if (alone is null)
        {
            say($"{self}: another one is running; this one ends");
            return false;
        }

        RecordSelf(self);
        var processes = new StackProcesses(places, time);
        var logs = new LogBound(places.Logs, time);
        var keepers = units.Select(unit => new UnitKeeper(places, processes, unit, time, say).KeepAsync(cancellationToken));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var source = self == Units.Supervisor ? new SourceWatch(places, time, line => say($"{Units.Uplink}: {line}")).KeepAsync(bound.Token) : Task.CompletedTask;
        Task[] watching = [logs.KeepAsync(bound.Token), source];
        await Task.WhenAll(keepers);
        await bound.CancelAsync();
        await Task.WhenAll(watching);
        return true;
    }

    /// <summary>Usually whoever started this process has done it; not in the foreground.</summary>
    private void RecordSelf(string self)
    {
        var record = ProcessRecord.Read(places.RecordOf(self));
        var state = ProcessState.Read(Environment.ProcessId)!.Value;
        if (record?.Identity != new ProcessIdentity(Environment.ProcessId, state.StartTicks))
        {
            new ProcessRecord(self, Environment.ProcessId, state.StartTicks, time.GetUtcNow(), record?.Restarts ?? 0, record?.LastEnd)
                .Write(places.RecordOf(self));
        }
    }

    private ImmutableArray<UnitDefinition> ReadUnits() =>
        JsonSerializer.Deserialize(File.ReadAllText(places.Units), RuntimeJson.Default.ImmutableArrayUnitDefinition);
}
