namespace Culvert.Lab.Sandboxing;

/// <summary>How a command is started: more environment, a folder to stand in (as the place sees it), text for its input.</summary>
public sealed record LabCommandOptions
{
    public static readonly LabCommandOptions None = new();

    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>Null closes the input at once.</summary>
    public string? Input { get; init; }
}
