using Culvert.Linux;

namespace Culvert.Proxy.Pair;

/// <summary>One of the two programs: how it is started, and which signal makes it read its configuration again.</summary>
internal sealed record PairProgram(string Title, string Executable, IReadOnlyList<string> Arguments, int ReloadSignal, IProgramLog Log)
{
    private const int HangUp = 1;
    private const int User1 = 10;

    public static PairProgram Dante(string folder, IProgramLog log) =>
        new("dante", "danted", ["-f", $"{folder}/{DanteConfiguration.FileName}", "-p", $"{folder}/danted.pid"], HangUp, log);

    // In the foreground SIGHUP would end it.
    public static PairProgram Tinyproxy(string folder, IProgramLog log) =>
        new("tinyproxy", "tinyproxy", ["-d", "-c", $"{folder}/{TinyproxyConfiguration.FileName}"], User1, log);

    /// <summary>Processes of this program that belong to the stack of this mark, helpers of one that was killed included.</summary>
    public IEnumerable<int> Running(string mark)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var pid) && IsOurs(directory, mark) && ProcessState.Read(pid) is { IsZombie: false })
            {
                yield return pid;
            }
        }
    }

    private bool IsOurs(string directory, string mark)
    {
        try
        {
            return File.ReadAllText($"{directory}/comm").TrimEnd() == Executable && File.ReadAllText($"{directory}/environ").Split('\0').Contains(mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or it is another user's.
            return false;
        }
    }
}
