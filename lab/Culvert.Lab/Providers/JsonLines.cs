using System.Text.Json;

namespace Culvert.Lab.Providers;

/// <summary>A file with one JSON value a line: written by one program, read by another while it grows.</summary>
internal sealed class JsonLines<T>(string path)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly Lock writing = new();

    public void Append(T value)
    {
        var line = JsonSerializer.Serialize(value, Options) + "\n";
        lock (writing)
        {
            File.AppendAllText(path, line);
        }
    }

    /// <summary>Every whole line; one that is being written is left for the next time.</summary>
    public IReadOnlyList<T> ReadAll()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var text = File.ReadAllText(path);
        return [.. text[..(text.LastIndexOf('\n') + 1)]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<T>(line, Options)!)];
    }
}
