namespace Culvert.Runtimes.Namespaces;

/// <summary>How long to wait before a process is started again: twice as long each time, until it has run for a while.</summary>
internal readonly record struct BackOff(int Failures)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Healthy = TimeSpan.FromSeconds(3);

    /// <summary>Zero before the first end.</summary>
    public TimeSpan Delay => Failures switch
    {
        0 => TimeSpan.Zero,
        > 5 => Longest,
        _ => First * (1 << (Failures - 1)),
    };

    /// <param name="ran">From start to end.</param>
    /// <param name="asked">It ended with exit code 0, as a role does that is told to: to read a changed configuration, for example.</param>
    public BackOff AfterRunning(TimeSpan ran, bool asked) => new(asked || ran >= Healthy ? 1 : Math.Min(Failures + 1, 6));
}
