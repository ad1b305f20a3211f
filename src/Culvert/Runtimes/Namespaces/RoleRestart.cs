using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Ends a role so that the supervisor starts it again, and waits until it has.</summary>
internal sealed class RoleRestart(Places places, TimeProvider time)
{
    // The proxy lets connections finish for 5 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Without a supervisor there is nothing to wait for: one that is about to start finds the role gone. Throws
    /// <see cref="BringupFailedException"/> when the role is not back in time.
    /// </summary>
    public async Task RunAsync(string role, bool isSupervised, CancellationToken cancellationToken)
    {
        var (record, guard) = (ProcessRecord.Read(places.RecordOf(role)), Guard());
        if (record is { Identity.IsAlive: true })
        {
            Signals.Send(record.Pid, Signals.Terminate);
        }

        if (isSupervised)
        {
            // Otherwise whoever looks next still sees the old one at work, and takes it for the new one.
            await WaitAsync(role, "was not started again", () => ProcessRecord.Read(places.RecordOf(role))?.Identity != record?.Identity, cancellationToken);
        }

        if (isSupervised && role == Role.Hold.Name)
        {
            await WaitAsync(role, "did not load the new guard, and the old one stays", () => Guard() is { } loaded && loaded != guard, cancellationToken);
        }
    }

    private async Task WaitAsync(string role, string failure, Func<bool> condition, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(begun) > Patience)
            {
                throw new BringupFailedException($"{role} {failure} within {Patience.TotalSeconds:0} s; {LogTail.Sentence(places, role)}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private DateTimeOffset? Guard() => ReportFile.ReadNamespace(places.Run.NamespaceReport)?.GuardLoadedAt;
}
