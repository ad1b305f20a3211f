using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>
/// The published culvert as a person uses it on a machine of the lab: as root, in the folder that holds culvert.yaml. Every call
/// gives what the program left behind; whether that is right is for the caller to say.
/// </summary>
public sealed class CulvertCli(LabMachine machine, string path)
{
    // `up` waits 60 s by itself until the stack carries traffic.
    private static readonly TimeSpan UpDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan DownDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan VerifyDeadline = TimeSpan.FromSeconds(90);

    /// <summary>The binary that <c>make publish</c> of this repository leaves.</summary>
    public CulvertCli(LabMachine machine)
        : this(machine, RepositoryFiles.Culvert)
    {
    }

    public LabMachine Machine => machine;

    public string Path => path;

    public Task<LabCommandResult> UpAsync(CancellationToken cancellationToken, params string[] options) =>
        CallAsync(["up", .. options], UpDeadline, cancellationToken);

    public Task<LabCommandResult> DownAsync(CancellationToken cancellationToken, params string[] options) =>
        CallAsync(["down", .. options], DownDeadline, cancellationToken);

    public Task<LabCommandResult> StatusAsync(CancellationToken cancellationToken, params string[] options) =>
        CallAsync(["status", .. options], LabPlace.DefaultDeadline, cancellationToken);

    public Task<LabCommandResult> VerifyAsync(CancellationToken cancellationToken, params string[] options) =>
        CallAsync(["verify", .. options], VerifyDeadline, cancellationToken);

    /// <summary>Runs a command line inside the namespace of dev, or of the application.</summary>
    public Task<LabCommandResult> RunAsync(IReadOnlyList<string> line, bool app, TimeSpan deadline, CancellationToken cancellationToken) =>
        CallAsync(RunArguments(line, app), deadline, cancellationToken);

    /// <summary>Starts a command line inside that stays, as <see cref="RunAsync"/> runs one to its end.</summary>
    public Task<LabProcess> StartInsideAsync(IReadOnlyList<string> line, bool app, LabCommandOptions options, CancellationToken cancellationToken) =>
        StartAsync(RunArguments(line, app), options, cancellationToken);

    /// <summary>Any other call.</summary>
    public Task<LabCommandResult> CallAsync(IReadOnlyList<string> arguments, TimeSpan deadline, CancellationToken cancellationToken) =>
        CallAsync(arguments, LabCommandOptions.None, deadline, cancellationToken);

    public Task<LabCommandResult> CallAsync(
        IReadOnlyList<string> arguments,
        LabCommandOptions options,
        TimeSpan deadline,
        CancellationToken cancellationToken) =>
        machine.RunAsync(path, arguments, InFolder(options), deadline, cancellationToken);

    /// <summary>Starts a call that is to be signalled, or to be talked to.</summary>
    public Task<LabProcess> StartAsync(IReadOnlyList<string> arguments, LabCommandOptions options, CancellationToken cancellationToken) =>
        machine.StartAsync(path, arguments, InFolder(options), cancellationToken);

    private static IReadOnlyList<string> RunArguments(IReadOnlyList<string> line, bool app) =>
        ["run", .. app ? ["--app"] : Array.Empty<string>(), "--", .. line];

    private static LabCommandOptions InFolder(LabCommandOptions options) =>
        options.WorkingDirectory is null ? options with { WorkingDirectory = StackInput.Folder } : options;
}
