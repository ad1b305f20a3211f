using Culvert.Runtimes.Namespaces;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class JournalTests : IDisposable
{
    private static readonly PlanStep[] EveryKindOfUndo =
    [
        new(new MakeDirectory("/run/culvert/ä b", UnixFileMode.UserRead, 0, 0), new RemoveTree("/run/culvert/ä b")),
        new(new AddNamespace("work-vpn"), new DeleteNamespace("work-vpn")),
        new(new RunIp("-n", "work-vpn", "link", "set", "lo", "up"), new GoesWith("work-vpn")),
        new(new MakeDirectory("/etc/netns", UnixFileMode.UserRead, 0, 0), new RemoveEmptyDirectory("/etc/netns")),
        new(new MakeDirectory("/run/netns", UnixFileMode.UserRead, 0, 0), new UnmountEmptyDirectory("/run/netns")),
        new(new StartSupervisor(), new StopProcesses("work")),
    ];

    private readonly TemporaryFolder folder = new();

    private string Path => folder.PathOf("journal");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_back_what_was_written() => Assert.Equal(
        EveryKindOfUndo.Select(step => new JournalEntry($"{step.Do}", step.Undo)),
        Journal.Parse(Written(EveryKindOfUndo)));

    [Fact]
    public void Cut_short_anywhere_it_holds_the_steps_whose_line_is_whole()
    {
        var text = Written(EveryKindOfUndo);
        for (var length = 0; length <= text.Length; length++)
        {
            Assert.Equal(text[..length].Count(c => c == '\n'), Journal.Parse(text[..length]).Length);
        }
    }

    [Fact]
    public void A_missing_one_is_empty() => Assert.Empty(Journal.Read(Path));

    [Fact]
    public void Only_its_owner_may_read_it()
    {
        Written(EveryKindOfUndo);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_step_is_in_it_as_soon_as_it_is_written()
    {
        using var journal = Journal.Open(Path);
        foreach (var (index, step) in EveryKindOfUndo.Index())
        {
            journal.Write(step);
            Assert.Equal(index + 1, Journal.Read(Path).Length);
        }
    }

    [Fact]
    public void Is_undone_backwards_and_each_thing_once()
    {
        var twice = Journal.Parse(Written([.. EveryKindOfUndo, EveryKindOfUndo[1]]));
        Assert.Equal(
            [
                new DeleteNamespace("work-vpn"),
                new StopProcesses("work"),
                new UnmountEmptyDirectory("/run/netns"),
                new RemoveEmptyDirectory("/etc/netns"),
                new RemoveTree("/run/culvert/ä b"),
            ],
            Journal.UndosOf(twice));
    }

    [Fact]
    public void No_secret_of_a_whole_plan_gets_into_it() =>
        Assert.DoesNotContain("correct horse", Written(NamespacesPlan.Of(PlanInputs.Default)), StringComparison.Ordinal);

    private string Written(IEnumerable<PlanStep> steps)
    {
        using (var journal = Journal.Open(Path))
        {
            foreach (var step in steps)
            {
                journal.Write(step);
            }
        }

        return File.ReadAllText(Path);
    }
}
