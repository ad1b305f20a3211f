using Culvert.Linux;
using Culvert.Runtimes.Namespaces;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class ProcessRecordTests : IDisposable
{
    private static readonly ProcessRecord Record = new("proxy", 4711, 123456789012, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), 3, "pid 4710 was killed by signal 9");

    private readonly TemporaryFolder folder = new();

    private string Path => folder.PathOf("proxy.json");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_back_what_was_written_over_an_earlier_one()
    {
        (Record with { Pid = 1, LastEnd = null }).Write(Path);
        Record.Write(Path);
        Assert.Equal(Record, ProcessRecord.Read(Path));
        Assert.Equal([Path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Is_none_where_no_file_or_no_directory_is()
    {
        Assert.Null(ProcessRecord.Read(Path));
        Assert.Null(ProcessRecord.Read(folder.PathOf("gone/proxy.json")));
    }

    [Fact]
    public void A_process_is_alive_only_with_its_own_start()
    {
        var ticks = ProcessState.Read(Environment.ProcessId)!.Value.StartTicks;
        var own = Record with { Pid = Environment.ProcessId, StartTicks = ticks };
        Assert.True(own.Identity.IsAlive);
        // The pid was given to another process since.
        Assert.False((own with { StartTicks = ticks - 1 }).Identity.IsAlive);
    }
}
