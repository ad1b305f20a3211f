using System.ComponentModel;
using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class DetachedProcessTests : IDisposable
{
    private static readonly Dictionary<string, string> Variables = new() { ["ONE"] = "a b" };

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => folder.PathOf("log");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Has_a_session_and_only_the_environment_given_and_appends_to_its_log()
    {
        File.WriteAllText(Log, "before\n");
        var ended = await WaitAsync(DetachedProcess.Start(["sh", "-c", "echo \"$ONE $HOME\"; echo error >&2; cat; ps -o sid= -p $$ | tr -d ' '; echo $$; exit 3"], Variables, Log));
        var lines = await File.ReadAllLinesAsync(Log, Token);
        Assert.Equal(["before", "a b ", "error"], lines[..3]);
        Assert.Equal(lines[^2], lines[^1]);
        Assert.Equal(new ExitKind(3, null), ended);
        Assert.Equal("ended with exit code 3", ended.ToString());
    }

    [Fact]
    public async Task A_killed_one_is_told_apart()
    {
        var pid = DetachedProcess.Start(["sleep", "1000"], Variables, Log);
        var waiting = WaitAsync(pid);
        Assert.True(Signals.Send(pid, Signals.Kill));
        Assert.Equal("was killed by signal 9", (await waiting).ToString());
        Assert.False(Signals.Send(pid, Signals.Kill));
    }

    [Fact]
    public async Task The_end_of_a_process_that_is_not_ours_is_noticed_without_its_code()
    {
        await using var child = HeldProcess.Start(["sh", "-c", "sleep 1000 >/dev/null & echo $!; read line; kill $!"]);
        var pid = int.Parse(await child.ReadLineAsync(Token));
        var waiting = WaitAsync(pid);
        Assert.False(waiting.IsCompleted);
        await child.CloseAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal(default, await waiting);
    }

    [Fact]
    public void A_program_or_log_that_cannot_be_opened_is_named()
    {
        Assert.Contains("no-such-program", Assert.Throws<Win32Exception>(() => DetachedProcess.Start(["no-such-program"], Variables, Log)).Message);
        Assert.Throws<Win32Exception>(() => DetachedProcess.Start(["true"], Variables, folder.PathOf("missing/log")));
    }

    private static Task<ExitKind> WaitAsync(int pid) => ProcessExit.WaitAsync(
        new ProcessIdentity(pid, ProcessState.Read(pid)?.StartTicks ?? 0), Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
}
