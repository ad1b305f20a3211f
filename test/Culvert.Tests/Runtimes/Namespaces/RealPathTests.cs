using Culvert.Runtimes.Namespaces;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class RealPathTests
{
    [Fact]
    public void Links_on_the_way_and_at_the_end_are_followed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("real/inner/file", "");
        File.CreateSymbolicLink(folder.PathOf("absolute"), folder.PathOf("real"));
        File.CreateSymbolicLink(folder.PathOf("real/relative"), "../absolute/inner/file");
        Assert.Equal(RealPath.Of(folder.PathOf("real/inner/file")), RealPath.Of(folder.PathOf("absolute/relative")));
    }

    [Fact]
    public void What_is_not_there_is_named_where_it_would_be()
    {
        using var folder = new TemporaryFolder();
        folder.Write("real/file", "");
        File.CreateSymbolicLink(folder.PathOf("link"), "real");
        Assert.Equal(RealPath.Of(folder.PathOf("real/later/file")), RealPath.Of(folder.PathOf("link/later/file")));
    }
}
