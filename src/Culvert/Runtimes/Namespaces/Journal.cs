using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Culvert.Runtimes.Namespaces;

/// <summary>A step that was about to be taken.</summary>
internal sealed record JournalEntry(string Step, Undo Undo);

/// <summary>What was begun, one JSON object a line. A step is written, and forced to the disk, before it is taken.</summary>
internal sealed class Journal : IDisposable
{
    private readonly FileStream file;

    private Journal(FileStream file) => this.file = file;

    public static Journal Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return new Journal(new FileStream(path, options));
    }

    public void Write(PlanStep step)
    {
        var entry = new JournalEntry($"{step.Do}", step.Undo);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, RuntimeJson.Default.JournalEntry) + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Empty when there is no journal.</summary>
    public static ImmutableArray<JournalEntry> Read(string path) => File.Exists(path) ? Parse(File.ReadAllText(path)) : [];

    /// <summary>A last line that was cut short belongs to a step that was never begun.</summary>
    public static ImmutableArray<JournalEntry> Parse(string text)
    {
        var complete = text[..(text.LastIndexOf('\n') + 1)];
        return
        [
            .. complete.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize(line, RuntimeJson.Default.JournalEntry)!),
        ];
    }

    /// <summary>What to take back, last step first; what goes with something else is left to that.</summary>
    public static IEnumerable<Undo> UndosOf(ImmutableArray<JournalEntry> entries) =>
        entries.Reverse().Select(entry => entry.Undo).Where(undo => undo is not GoesWith).Distinct();

    public void Dispose() => file.Dispose();
}
