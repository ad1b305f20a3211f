using System.ComponentModel;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Keeps one unit running: adopts it or starts it, waits for its end, starts it again.</summary>
internal sealed class UnitKeeper(Places places, StackProcesses processes, UnitDefinition unit, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan GateInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Ends only with the token, or when the stack is being taken down.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var backOff = default(BackOff);
        string? lastEnd = null;
        while (await PassGateAsync(cancellationToken))
        {
            var began = time.GetTimestamp();
            var asked = false;
            try
            {
                var record = Adopt() ?? Start(lastEnd);
                if (unit.Uplink is { } uplink)
                {
                    await new Uplink(places, uplink, time).SetUpAsync(record.Identity, cancellationToken);
                }

                var exit = await ProcessExit.WaitAsync(record.Identity, cancellationToken);
                asked = exit.Code == 0;
                lastEnd = $"pid {record.Pid} {exit}";
            }
            catch (Exception e) when (e is Win32Exception or IOException or SubprocessFailedException or UplinkFailedException)
            {
                lastEnd = e.Message;
            }

            backOff = backOff.AfterRunning(time.GetElapsedTime(began), asked);
            Say($"{lastEnd}; starting it again in {backOff.Delay.TotalMilliseconds:0} ms");
            await Task.Delay(backOff.Delay, time, cancellationToken);
        }
    }

    /// <summary>Started now, and on record; the caller does not wait for it.</summary>
    public ProcessRecord Start(string? lastEnd)
    {
        var earlier = ProcessRecord.Read(places.RecordOf(unit.Name));
        if (unit.Stale is { } stale)
        {
            File.Delete(stale);
        }

        var environment = RoleEnvironment.Of(Environment.GetEnvironmentVariable, places.Run.Path, unit.Name);
        var pid = DetachedProcess.Start(Units.Current(places, unit).CommandLine, environment, places.Run.LogOf(unit.Name));
        var ticks = ProcessState.Read(pid)?.StartTicks ?? 0;
        var record = new ProcessRecord(unit.Name, pid, ticks, time.GetUtcNow(), earlier is null ? 0 : earlier.Restarts + 1, lastEnd ?? earlier?.LastEnd);
        record.Write(places.RecordOf(unit.Name));
        Say($"started as pid {pid}");
        return record;
    }

    /// <summary>
    /// The unit as an earlier supervisor left it. One that was killed between starting a process and writing it down is why
    /// the processes themselves are searched too.
    /// </summary>
    public ProcessRecord? Adopt()
    {
        var record = ProcessRecord.Read(places.RecordOf(unit.Name));
        if (record is { Identity.IsAlive: true })
        {
            return record;
        }

        if (processes.Find(unit.Name) is not { } found)
        {
            return null;
        }

        var adopted = new ProcessRecord(unit.Name, found.Pid, found.StartTicks, time.GetUtcNow(), record is null ? 0 : record.Restarts + 1, record?.LastEnd);
        adopted.Write(places.RecordOf(unit.Name));
        Say($"found running as pid {found.Pid}");
        return adopted;
    }

    private async Task<bool> PassGateAsync(CancellationToken cancellationToken)
    {
        while (MayRun && unit.WaitsFor is { } file && !File.Exists(file))
        {
            await Task.Delay(GateInterval, time, cancellationToken);
        }

        return MayRun;
    }

    private bool MayRun => Directory.Exists(places.Pids) && !File.Exists(places.Stopping);

    private void Say(string what) => say($"{unit.Name}: {what}");
}
