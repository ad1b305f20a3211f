using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class KernelRandomTests
{
    [Fact]
    public void What_it_gives_fills_all_and_is_never_the_same()
    {
        var first = KernelRandom.Bytes(256);
        Assert.NotEqual(first, KernelRandom.Bytes(256));
        // 32 zeros in a row would come once in 2^256 times.
        Assert.DoesNotContain(first.Chunk(32), chunk => chunk.All(value => value == 0));
        Assert.True(Enumerable.Range(0, 1000).Select(_ => KernelRandom.UInt16()).Distinct().Count() > 900);
    }

    [Fact]
    public void More_than_comes_whole_at_once_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => KernelRandom.Bytes(257));
}
