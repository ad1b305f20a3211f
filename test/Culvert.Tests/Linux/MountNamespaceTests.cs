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

    [Fact]
    public void A_directory_that_is_held_open_is_reached_below_what_is_mounted_over_it()
    {
        Requires.Root();
        using var folder = new TemporaryFolder();
        folder.Write("held/file", "host's");
        var (there, gone, content) = (false, true, "");
        var thread = new Thread(() =>
        {
            MountNamespace.Enter();
            using var held = MountNamespace.OpenDirectory(folder.PathOf("held"));
            MountNamespace.Temporary(folder.PathOf("held"));
            File.WriteAllText(folder.PathOf("held/shown"), "");
            there = MountNamespace.TryBind($"/proc/self/fd/{held.DangerousGetHandle()}/file", folder.PathOf("held/shown"));
            gone = MountNamespace.TryBind($"/proc/self/fd/{held.DangerousGetHandle()}/removed", folder.PathOf("held/shown"));
            content = File.ReadAllText(folder.PathOf("held/shown"));
        });
        thread.Start();
        thread.Join();

        Assert.Equal((true, false, "host's"), (there, gone, content));
        Assert.False(File.Exists(folder.PathOf("held/shown")));
    }
}
