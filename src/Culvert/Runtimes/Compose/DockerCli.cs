using System.Diagnostics;
using Culvert.Linux;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// The <c>docker</c> program as the stack of one folder uses it: argument arrays, a deadline for every call, and the names
/// and networks of culvert.yaml as the variables that compose.yaml reads.
/// </summary>
internal sealed class DockerCli(string folder, IReadOnlyDictionary<string, string> variables)
{
    private static readonly TimeSpan LookDeadline = TimeSpan.FromSeconds(20);

    /// <summary>Pulling and building are Compose's own business and may take this long.</summary>
    private static readonly TimeSpan WorkDeadline = TimeSpan.FromMinutes(15);

    /// <summary>Asks for something and returns what is printed; throws <see cref="SubprocessFailedException"/> unless it exits with 0.</summary>
    public Task<string> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        Subprocess.RequireAsync("env", Line(arguments), cancellationToken, deadline: LookDeadline);

    /// <summary>As <see cref="AskAsync"/>, where failing is an answer.</summary>
    public Task<SubprocessResult> TryAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, TimeSpan? deadline = null) =>
        Subprocess.RunAsync("env", Line(arguments), cancellationToken, deadline: deadline ?? LookDeadline);

    /// <summary>Changes something, at this process's own terminal. Returns the exit code; -1 when the deadline ended it.</summary>
    public async Task<int> AttachedAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, TimeSpan? deadline = null)
    {
        using var process = Process.Start(new ProcessStartInfo("env", Line(arguments)) { UseShellExecute = false })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline ?? WorkDeadline);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return -1;
        }
    }

    private IReadOnlyList<string> Line(IReadOnlyList<string> arguments) =>
        ["-C", folder, .. variables.Select(variable => $"{variable.Key}={variable.Value}"), "docker", .. arguments];
}
