namespace Culvert.Lab.Sandboxing;

/// <summary>What a command in the lab left behind. <see cref="ExitCode"/> is -1 when its deadline ended it; what it printed until then is kept.</summary>
public sealed record LabCommandResult(string CommandLine, int ExitCode, string Output, string Error, bool TimedOut, TimeSpan Elapsed)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>One sentence for people: what was run, how it ended, what it said.</summary>
    public string Describe()
    {
        var said = (Error.Length > 0 ? Error : Output).Trim();
        var end = TimedOut ? $"did not finish within {Elapsed.TotalSeconds:0.0} s" : $"ended with exit code {ExitCode}";
        return said.Length > 0 ? $"`{CommandLine}` {end}: {said}" : $"`{CommandLine}` {end}";
    }
}

/// <summary>Thrown where a command must succeed for the lab to go on; the message holds what it said.</summary>
public sealed class LabCommandFailedException(LabCommandResult result) : Exception(result.Describe())
{
    public LabCommandResult Result { get; } = result;
}

/// <summary>Thrown when the lab itself cannot be brought up or observed.</summary>
public sealed class LabException(string message) : Exception(message);
