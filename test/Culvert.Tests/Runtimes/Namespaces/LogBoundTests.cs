using Culvert.Runtimes.Namespaces;
using Culvert.Tests.Stack;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class LogBoundTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_full_log_is_kept_aside_and_emptied()
    {
        folder.Write("proxy.log", "12345678901");
        folder.Write("proxy.log.1", "older");
        LogBound.Apply(folder.Path, 10);
        Assert.Equal("", File.ReadAllText(folder.PathOf("proxy.log")));
        Assert.Equal("12345678901", File.ReadAllText(folder.PathOf("proxy.log.1")));
    }

    [Fact]
    public void A_log_that_is_not_full_and_a_file_that_is_no_log_stay()
    {
        folder.Write("proxy.log", "1234567890");
        folder.Write("proxy.log.1", "12345678901");
        LogBound.Apply(folder.Path, 10);
        Assert.Equal("1234567890", File.ReadAllText(folder.PathOf("proxy.log")));
        Assert.Equal("12345678901", File.ReadAllText(folder.PathOf("proxy.log.1")));
    }

    [Fact]
    public void A_directory_that_was_taken_down_is_no_error() => LogBound.Apply(folder.PathOf("gone"), 10);

    [Fact]
    public async Task Looks_again_every_other_second_until_it_is_told_to_stop()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var keeping = new LogBound(folder.Path, time).KeepAsync(stop.Token);
        Fill();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(File.Exists(folder.PathOf("proxy.log.1")));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LogBound.Largest + 1, new FileInfo(folder.PathOf("proxy.log.1")).Length);
        await stop.CancelAsync();
        await keeping;
    }

    private void Fill()
    {
        using var log = File.Create(folder.PathOf("proxy.log"));
        log.SetLength(LogBound.Largest + 1);
    }
}
