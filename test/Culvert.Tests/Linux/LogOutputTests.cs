using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class LogOutputTests
{
    [Fact]
    public void A_full_disk_does_not_end_who_writes_to_a_log_on_it()
    {
        // The kernel's own full disk (full(4)).
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var log = LogOutput.Writer(full);
        log.WriteLine("tunnel: lost");
        Assert.Throws<IOException>(() => full.Write("the control"u8));
    }

    [Fact]
    public void What_can_be_written_is_there_at_once()
    {
        using var file = new MemoryStream();
        using var log = LogOutput.Writer(file);
        log.WriteLine("tunnel: lost");
        Assert.Equal("tunnel: lost\n"u8.ToArray(), file.ToArray());
    }
}
