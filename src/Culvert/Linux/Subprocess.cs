using System.Diagnostics;
using System.Text;

namespace Culvert.Linux;

/// <summary>What a finished external program left behind. <see cref="ExitCode"/> is -1 when the deadline ended it.</summary>
internal sealed record SubprocessResult(string CommandLine, int ExitCode, string Output, string Error, bool TimedOut)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>One sentence for people: what was run, how it ended, what it said on stderr.</summary>
    public string Describe() => TimedOut
        ? $"`{CommandLine}` did not finish within its deadline"
        : $"`{CommandLine}` ended with exit code {ExitCode}: {(Error.Length > 0 ? Error : Output).Trim()}";
}

/// <summary>Thrown where an external program must succeed for anything to go on; the message holds its stderr.</summary>
internal sealed class SubprocessFailedException(SubprocessResult result) : Exception(result.Describe())
{
    public SubprocessResult Result { get; } = result;
}

/// <summary>Runs external programs with argument arrays and a deadline. A missing program throws <see cref="SubprocessFailedException"/>.</summary>
internal static class Subprocess
{
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(15);

    public static async Task<SubprocessResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null,
        TimeSpan? deadline = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var commandLine = Quote(program, arguments);
        using var process = Start(start, commandLine);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline ?? DefaultDeadline);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await WriteInputAsync(process, input, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new SubprocessResult(commandLine, process.ExitCode, await output, await error, TimedOut: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return new SubprocessResult(commandLine, -1, "", "", TimedOut: true);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>As <see cref="RunAsync"/>, and throws <see cref="SubprocessFailedException"/> unless the exit code is 0. Returns stdout.</summary>
    public static async Task<string> RequireAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null,
        TimeSpan? deadline = null)
    {
        var result = await RunAsync(program, arguments, cancellationToken, input, deadline);
        return result.Succeeded ? result.Output : throw new SubprocessFailedException(result);
    }

    private static Process Start(ProcessStartInfo start, string commandLine)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SubprocessFailedException(new SubprocessResult(commandLine, 127, "", $"cannot start {start.FileName}: {e.Message}", TimedOut: false));
        }
    }

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading its input; its exit code and stderr tell why.
        }
    }

    private static string Quote(string program, IReadOnlyList<string> arguments)
    {
        var line = new StringBuilder(program);
        foreach (var argument in arguments)
        {
            line.Append(' ').Append(argument.Contains(' ') ? $"'{argument}'" : argument);
        }

        return line.ToString();
    }
}
