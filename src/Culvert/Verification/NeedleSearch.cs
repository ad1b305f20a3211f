using System.Text;

namespace Culvert.Verification;

/// <summary>A string to look for; <see cref="Name"/> is how a report calls it.</summary>
internal sealed record Needle(string Name, string Text)
{
    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(Text);
}

/// <summary>Where a needle was found.</summary>
internal sealed record NeedleFound(string Needle, string Place);

/// <summary>Looks for strings in files, in the arguments and environments of processes, and in text, byte by byte.</summary>
internal sealed class NeedleSearch(IReadOnlyList<Needle> needles)
{
    private const int ChunkLength = 1 << 20;

    private readonly int _overlap = needles.Max(needle => needle.Bytes.Length) - 1;

    /// <summary>Every regular file below a folder; links are not followed.</summary>
    public IReadOnlyList<NeedleFound> InFolder(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = FileAttributes.ReparsePoint,
                IgnoreInaccessible = false,
            })
            // Sockets and pipes have no length, and opening a pipe would wait for its writer.
            .Where(path => new FileInfo(path) is { Exists: true, Length: > 0 })
            .SelectMany(InFile),
    ];

    /// <summary>The arguments and the environment of every process on this machine.</summary>
    public IReadOnlyList<NeedleFound> InProcesses() =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(directory), out _)
           from name in ProcessTexts
           from found in InFile($"{directory}/{name}")
           select found,
    ];

    public IReadOnlyList<NeedleFound> InText(string place, string text) =>
        [.. needles.Where(needle => text.Contains(needle.Text, StringComparison.Ordinal)).Select(needle => new NeedleFound(needle.Name, place))];

    internal IReadOnlyList<NeedleFound> InFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return [.. InStream(file).Select(needle => new NeedleFound(needle.Name, path))];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && path.StartsWith("/proc/", StringComparison.Ordinal)))
        {
            // Gone since it was listed: a log that was replaced, a process that ended (ESRCH).
            return [];
        }
    }

    internal IReadOnlyList<Needle> InStream(Stream stream)
    {
        var buffer = new byte[ChunkLength + _overlap];
        var kept = 0;
        var found = new HashSet<Needle>();
        int read;
        while ((read = stream.Read(buffer, kept, ChunkLength)) > 0)
        {
            var window = buffer.AsSpan(0, kept + read);
            foreach (var needle in needles)
            {
                if (window.IndexOf(needle.Bytes) >= 0)
                {
                    found.Add(needle);
                }
            }

            // What may be the beginning of a needle stays in front of the next chunk.
            kept = Math.Min(_overlap, window.Length);
            window[^kept..].CopyTo(buffer);
        }

        return [.. found];
    }

    private static readonly string[] ProcessTexts = ["cmdline", "environ"];
}
