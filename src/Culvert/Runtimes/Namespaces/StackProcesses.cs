using System.Diagnostics;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// Finds and stops what belongs to a stack: processes that carry its mark in their environment, those on record, and all that
/// runs in its namespaces, a user's commands included: a namespace lives as long as one process is in it.
/// </summary>
internal sealed class StackProcesses(Places places, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The session leader that was started as this unit; null when none is alive.</summary>
    public ProcessIdentity? Find(string unit)
    {
        foreach (var (pid, state, environ) in Marked())
        {
            if (state.Session == pid && RoleEnvironment.Has(environ, RoleEnvironment.UnitVariable, unit))
            {
                return new ProcessIdentity(pid, state.StartTicks);
            }
        }

        return null;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(places.Run.Path))
        {
            File.WriteAllText(places.Stopping, "");
        }

        // Those that start others go first and at once; otherwise what is stopped below comes back.
        await StopAllAsync(Supervisors, gently: false, cancellationToken);
        var namespaces = await InNamespacesAsync(cancellationToken);
        await StopAllAsync(() => namespaces.Where(IsAlive).Concat(Marked().Select(process => process.Pid)), gently: true, cancellationToken);
        await StopNamespacesAsync(cancellationToken);
    }

    /// <summary>What came into the namespaces while the others were being stopped.</summary>
    private async Task StopNamespacesAsync(CancellationToken cancellationToken)
    {
        while (await InNamespacesAsync(cancellationToken) is { Count: > 0 } late)
        {
            await StopAllAsync(() => late.Where(IsAlive), gently: false, cancellationToken);
        }
    }

    private async Task StopAllAsync(Func<IEnumerable<int>> find, bool gently, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var asked = new HashSet<int>();
        while (find().Distinct().Where(pid => pid != Environment.ProcessId).ToList() is { Count: > 0 } alive)
        {
            var waited = time.GetElapsedTime(begun);
            if (waited > Deadline)
            {
                throw new UnreachableProcessException(places.Name, alive);
            }

            foreach (var pid in alive)
            {
                if (!gently || waited > Patience)
                {
                    Signals.Send(pid, Signals.Kill);
                }
                else if (asked.Add(pid))
                {
                    Signals.Send(pid, Signals.Terminate);
                }
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private IEnumerable<int> Supervisors() =>
        Marked()
            .Where(process => RoleEnvironment.Has(process.Environ, RoleEnvironment.UnitVariable, Units.Supervisor)
                || RoleEnvironment.Has(process.Environ, RoleEnvironment.UnitVariable, Units.Keeper))
            .Select(process => process.Pid)
            .Concat(OnRecord());

    // `up --foreground` is a supervisor that nobody marked.
    private IEnumerable<int> OnRecord() =>
        ProcessRecord.Read(places.RecordOf(Units.Supervisor)) is { Identity: { IsAlive: true } alive } ? [alive.Pid] : [];

    private async Task<List<int>> InNamespacesAsync(CancellationToken cancellationToken)
    {
        var pids = new List<int>();
        foreach (var space in new[] { places.VpnNamespace, places.AppNamespace }.Where(NamedNamespace.Exists))
        {
            var listed = await Subprocess.RunAsync("ip", ["netns", "pids", space], cancellationToken);
            pids.AddRange(listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Where(IsAlive));
        }

        return pids;
    }

    private IEnumerable<(int Pid, ProcessState State, string Environ)> Marked()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid)
                && ReadEnviron(pid) is { } environ
                && RoleEnvironment.Has(environ, RoleEnvironment.RunVariable, places.Run.Path)
                && ProcessState.Read(pid) is { IsZombie: false } state)
            {
                yield return (pid, state, environ);
            }
        }
    }

    private static bool IsAlive(int pid) => ProcessState.Read(pid) is { IsZombie: false };

    private static string? ReadEnviron(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or it is none of ours.
            Debug.Assert(pid != Environment.ProcessId);
            return null;
        }
    }
}

/// <summary>Processes that outlive SIGKILL: they hang in the kernel.</summary>
internal sealed class UnreachableProcessException(string stack, IEnumerable<int> pids)
    : Exception($"stopping the processes of {stack}: pid {string.Join(", ", pids)} did not end after SIGKILL; see what they wait for in /proc/PID/stack, then run `culvert down` again");
