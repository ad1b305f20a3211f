namespace Culvert.Verification;

/// <summary>
/// Where a stack writes. Every file below <see cref="RunFolder"/>, which root can write, and <see cref="Folders"/>; and what only a program
/// tells (<see cref="TextsAsync"/>, since a point in time), which <see cref="Titles"/> names for people.
/// </summary>
internal sealed record LogSources(
    string RunFolder,
    IReadOnlyList<string> Folders,
    IReadOnlyList<string> Titles,
    Func<DateTimeOffset, CancellationToken, Task<IReadOnlyList<LogText>>> TextsAsync)
{
    public static LogSources Of(string runFolder) => new(runFolder, [], [], (_, _) => Task.FromResult<IReadOnlyList<LogText>>([]));
}

/// <summary>What was read at a place that is no file. One that <see cref="MustSpeak"/> has a line for calls, so silence means that it was not read.</summary>
internal sealed record LogText(string Place, string Text, bool MustSpeak = false);
