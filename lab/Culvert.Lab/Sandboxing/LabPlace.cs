namespace Culvert.Lab.Sandboxing;

/// <summary>
/// Somewhere a command can run: the mount and pid namespaces of <see cref="InitPid"/> (a pid of the outer machine) and a
/// network namespace, by path or, when null, the init's own.
/// </summary>
public class LabPlace
{
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(15);

    internal LabPlace(string name, int initPid, string? networkNamespace)
    {
        Name = name;
        InitPid = initPid;
        NetworkNamespace = networkNamespace;
    }

    public string Name { get; }

    public int InitPid { get; }

    public string? NetworkNamespace { get; }

    /// <summary>A file as this place sees it, as a path that the outer machine can open.</summary>
    public string PathOf(string inside) => $"/proc/{InitPid}/root{inside}";

    /// <summary>Runs a program to its end, or to the default deadline of 15 s.</summary>
    public Task<LabCommandResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, LabCommandOptions.None, DefaultDeadline, cancellationToken);

    /// <summary>Runs a program to its end or its deadline; then it and its children are killed.</summary>
    public async Task<LabCommandResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        LabCommandOptions options,
        TimeSpan deadline,
        CancellationToken cancellationToken)
    {
        await using var running = LabProcess.Launch(this, program, arguments, options);
        await running.WriteAsync(options.Input ?? "", close: true, cancellationToken);
        return await running.WaitAsync(deadline, cancellationToken);
    }

    /// <summary>As RunAsync, and throws <see cref="LabCommandFailedException"/> unless the exit code is 0. Returns stdout.</summary>
    public async Task<string> RequireAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null)
    {
        var result = await RunAsync(program, arguments, new LabCommandOptions { Input = input }, DefaultDeadline, cancellationToken);
        return result.Succeeded ? result.Output : throw new LabCommandFailedException(result);
    }

    /// <summary>Starts a program that stays. Its input gets <see cref="LabCommandOptions.Input"/> and stays open.</summary>
    public async Task<LabProcess> StartAsync(
        string program,
        IReadOnlyList<string> arguments,
        LabCommandOptions options,
        CancellationToken cancellationToken)
    {
        var running = LabProcess.Launch(this, program, arguments, options);
        await running.WriteAsync(options.Input ?? "", close: false, cancellationToken);
        return running;
    }

    /// <summary>The arguments of nsenter that run a command here.</summary>
    internal IEnumerable<string> EnterArguments(string? workingDirectory) =>
    [
        "--target", $"{InitPid}", "--mount", "--pid",
        NetworkNamespace is null ? "--net" : $"--net={NetworkNamespace}",
        "--", "env", "-C", workingDirectory ?? "/",
    ];
}
