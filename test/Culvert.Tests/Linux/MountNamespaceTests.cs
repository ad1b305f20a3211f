using Culvert.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Linux;

public sealed class MountNamespaceTests
{
    [Fact]
    public void What_is_mounted_inside_is_seen_by_nobody_else()
    {
        Requires.Root();
        using var folder = new TemporaryFolder();
        var (hidden, other) = (folder.Write("hidden/outside", ""), folder.Write("other/elsewhere", ""));
        string[] inside = [];
        Exception? readOnly = null;
        var thread = new Thread(() =>
        {
            MountNamespace.Enter();
            MountNamespace.Temporary(folder.PathOf("hidden"));
            File.WriteAllText(folder.PathOf("hidden/inside"), "");
            MountNamespace.MakeReadOnly(folder.PathOf("hidden"));
            readOnly = Record.Exception(() => File.WriteAllText(folder.PathOf("hidden/more"), ""));
            MountNamespace.BindDirectory(folder.PathOf("hidden"), folder.PathOf("other"));
            inside = [.. Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Order()];
            Assert.True(MountNamespace.TryUnmount(folder.PathOf("other")));
        });
        thread.Start();
        thread.Join();

        Assert.Equal([folder.PathOf("hidden/inside"), folder.PathOf("other/inside")], inside);
        Assert.IsType<IOException>(readOnly);
        Assert.True(File.Exists(hidden));
        Assert.True(File.Exists(other));
        Assert.False(MountNamespace.TryUnmount(folder.PathOf("hidden")));
    }
}
