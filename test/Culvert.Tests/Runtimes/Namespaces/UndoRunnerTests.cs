using Culvert.Runtimes.Namespaces;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class UndoRunnerTests : IDisposable
{
    private static readonly Places Nobodys = new($"none-{Guid.NewGuid():n}"[..20]);

    private readonly TemporaryFolder folder = new();
    private readonly UndoRunner runner = new(new StackProcesses(Nobodys, TimeProvider.System), Nobodys);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Removes_a_tree_but_not_what_its_links_lead_to()
    {
        var kept = folder.Write("elsewhere/kept", "x");
        folder.Write("tree/deep/file", "x");
        File.CreateSymbolicLink(folder.PathOf("tree/link"), folder.PathOf("elsewhere"));

        await UndoTwiceAsync(new RemoveTree(folder.PathOf("tree")));

        Assert.False(Directory.Exists(folder.PathOf("tree")));
        Assert.True(File.Exists(kept));
    }

    [Fact]
    public async Task Removes_a_shared_directory_only_when_it_is_empty()
    {
        var others = folder.Write("shared/others", "x");
        Directory.CreateDirectory(folder.PathOf("empty"));

        await UndoTwiceAsync(new RemoveEmptyDirectory(folder.PathOf("shared")), new RemoveEmptyDirectory(folder.PathOf("empty")));

        Assert.True(File.Exists(others));
        Assert.False(Directory.Exists(folder.PathOf("empty")));
    }

    [Fact]
    public async Task A_directory_that_never_became_a_mount_is_removed_when_it_is_empty()
    {
        var others = folder.Write("used/others", "x");
        Directory.CreateDirectory(folder.PathOf("empty"));

        await UndoTwiceAsync(new UnmountEmptyDirectory(folder.PathOf("used")), new UnmountEmptyDirectory(folder.PathOf("empty")));

        Assert.True(File.Exists(others));
        Assert.False(Directory.Exists(folder.PathOf("empty")));
    }

    [Fact]
    public Task Is_content_when_there_was_never_anything() => UndoTwiceAsync(
        new GoesWith(folder.PathOf("nothing")),
        new RemoveTree(folder.PathOf("nothing")),
        new RemoveEmptyDirectory(folder.PathOf("nothing")),
        new UnmountEmptyDirectory(folder.PathOf("nothing")),
        new DeleteNamespace(Nobodys.VpnNamespace),
        new StopProcesses(Nobodys.Name),
        new RemoveTree(Nobodys.Run.Path));

    private async Task UndoTwiceAsync(params Undo[] undos)
    {
        foreach (var undo in undos.Concat(undos))
        {
            await runner.UndoAsync(undo, TestContext.Current.CancellationToken);
        }
    }
}
