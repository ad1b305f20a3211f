using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class SupervisorTests
{
    private const string Program = "/no/such/program";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("supervisor")]
    [InlineData("keeper")]
    public async Task A_second_one_starts_nothing_and_ends(string self)
    {
        await using var kept = Empty();
        using var first = FileLock.TryTake($"{kept.Places.Pids}/{self}.lock");
        var said = new List<string>();
        var supervisor = new Supervisor(kept.Places, Program, kept.Clock);
        Assert.False(await (self == "supervisor" ? supervisor.RunAsync(said.Add, Token) : supervisor.RunKeeperAsync(said.Add, Token)));
        Assert.Equal([$"{self}: another one is running; this one ends"], said);
    }

    [Fact]
    public async Task It_ends_when_the_stack_is_being_taken_down_and_lets_the_next_one_in()
    {
        await using var kept = Empty();
        await File.WriteAllTextAsync(kept.Places.Stopping, "", Token);
        var supervisor = new Supervisor(kept.Places, Program, kept.Clock);
        Assert.True(await supervisor.RunAsync(_ => { }, Token).WaitAsync(Patience, Token));
        Assert.True(await supervisor.RunAsync(_ => { }, Token).WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task In_the_foreground_it_is_on_record_and_has_no_keeper()
    {
        await using var kept = Empty();
        var said = new List<string>();
        Assert.True(await new Supervisor(kept.Places, Program, kept.Clock).RunInForegroundAsync(said.Add, Token));
        Assert.Empty(said);
        Assert.True(File.Exists(kept.Places.Foreground));
        Assert.Equal(Environment.ProcessId, ProcessRecord.Read(kept.Places.RecordOf(Units.Supervisor))!.Pid);
        Assert.Null(ProcessRecord.Read(kept.Places.RecordOf(Units.Keeper)));
    }

    private static KeptUnit Empty()
    {
        var kept = new KeptUnit("");
        File.WriteAllText(kept.Places.Units, "[]");
        return kept;
    }
}
