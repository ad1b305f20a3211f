using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.PathOf("lock");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Is_held_by_one_and_free_after_it()
    {
        using (var held = FileLock.TryTake(Path))
        {
            Assert.NotNull(held);
            Assert.Null(FileLock.TryTake(Path));
            Assert.Equal($"pid {Environment.ProcessId}", FileLock.HolderOf(Path));
        }

        TakeAtLast().Dispose();
    }

    [Fact]
    public void On_a_file_that_its_holder_deleted_is_another_lock()
    {
        using var held = FileLock.TryTake(Path);
        File.Delete(Path);
        using var next = FileLock.TryTake(Path);
        Assert.NotNull(next);
        Assert.Null(FileLock.TryTake(Path));
    }

    [Fact]
    public void The_holder_of_no_lock_is_not_known()
    {
        Assert.Equal("another process", FileLock.HolderOf(Path));
        File.WriteAllText(Path, "\n");
        Assert.Equal("another process", FileLock.HolderOf(Path));
    }

    [Fact]
    public async Task Inherited_it_is_held_until_the_last_program_started_meanwhile_has_ended()
    {
        var held = FileLock.TryTake(Path)!;
        held.Inherited = true;
        var child = HeldProcess.Start(["cat"]);
        held.Inherited = false;
        held.Dispose();
        Assert.Null(FileLock.TryTake(Path));
        await child.DisposeAsync();
        TakeAtLast().Dispose();
    }

    // A program that another test starts in that moment holds it, too: inherited, or between its fork and its exec.
    private FileLock TakeAtLast()
    {
        FileLock? taken;
        while ((taken = FileLock.TryTake(Path)) is null)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Thread.Sleep(10);
        }

        return taken;
    }
}
