namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// Keeps log files small. Their writers hold them open, so a full one is copied aside and emptied; writers append, so they
/// go on at its new end. A line written between the two is lost.
/// </summary>
internal sealed class LogBound(string directory, TimeProvider time)
{
    public const long Largest = 5 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Apply(directory, Largest);
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public static void Apply(string directory, long largest)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var log in Directory.EnumerateFiles(directory, "*.log").Where(log => new FileInfo(log).Length > largest))
        {
            File.Copy(log, $"{log}.1", overwrite: true);
            using var file = new FileStream(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
        }
    }
}
