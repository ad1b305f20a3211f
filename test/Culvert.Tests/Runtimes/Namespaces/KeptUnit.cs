using System.Threading.Channels;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

/// <summary>A real process under a keeper, in a run directory of its own, by a clock that stands.</summary>
internal sealed class KeptUnit : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> said = Channel.CreateUnbounded<string>();
    private readonly List<Task> keeping = [];

    public KeptUnit(string script)
    {
        Places = new Places("work") { Run = new RunDirectory(folder.Path) };
        Directory.CreateDirectory(Places.Pids);
        Directory.CreateDirectory(Places.Logs);
        Unit = new UnitDefinition("proxy", ["sh", "-c", script]);
    }

    public StandingClock Clock { get; } = new();

    public Places Places { get; }

    public UnitDefinition Unit { get; set; }

    public ProcessRecord Record => ProcessRecord.Read(Places.RecordOf(Unit.Name))!;

    public string PathOf(string name) => folder.PathOf(name);

    public UnitKeeper NewKeeper() => new(Places, new StackProcesses(Places, Clock), Unit, Clock, line => said.Writer.TryWrite(line));

    /// <summary>Its task ends when the keeper gives up keeping.</summary>
    public Task Keep()
    {
        var task = NewKeeper().KeepAsync(stop.Token);
        keeping.Add(task);
        return task;
    }

    /// <summary>What the keeper says next, with the pid of the process on record as PID; throws when it is silent for ten real seconds.</summary>
    public async Task<string> NextLineAsync(CancellationToken cancellationToken)
    {
        var line = await said.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        return ProcessRecord.Read(Places.RecordOf(Unit.Name)) is { } record ? line.Replace($"pid {record.Pid}", "PID", StringComparison.Ordinal) : line;
    }

    public bool HasMoreToSay => said.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var task in keeping)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (ProcessRecord.Read(Places.RecordOf(Unit.Name)) is { Identity.IsAlive: true } alive)
        {
            Signals.Send(alive.Pid, Signals.Kill);
            await ProcessExit.WaitAsync(alive.Identity, CancellationToken.None);
        }

        stop.Dispose();
        folder.Dispose();
    }
}
