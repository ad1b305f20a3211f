namespace Culvert.Runtimes.Namespaces;

/// <summary>The end of a process's log, for messages.</summary>
internal static class LogTail
{
    private const int Lines = 5;
    private const int Bytes = 8 * 1024;

    public static string Sentence(Places places, string process)
    {
        var path = places.Run.LogOf(process);
        var lines = Read(path);
        return lines.Count == 0
            ? $"{process} said nothing ({path} is empty)"
            : $"{process} said last ({path}):\n{string.Join('\n', lines.Select(line => $"    {line}"))}";
    }

    public static IReadOnlyList<string> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(Bytes, file.Length), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(Lines)];
    }
}
