using System.Diagnostics;

namespace Culvert.Linux;

/// <summary>
/// A process that lives as long as this program holds the other end of its standard input. If this program dies in any
/// way, even by SIGKILL, the kernel closes that end and the process sees the end of its input.
/// </summary>
internal sealed class HeldProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _commandLine;
    private readonly Task<string> _error;

    private HeldProcess(Process process, string commandLine)
    {
        _process = process;
        _commandLine = commandLine;
        _error = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static HeldProcess Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var commandLine = string.Join(' ', command);
        try
        {
            return new HeldProcess(Process.Start(start)!, commandLine);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SubprocessFailedException(
                new SubprocessResult(commandLine, 127, "", $"cannot start {command[0]}: {e.Message}", TimedOut: false));
        }
    }

    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    /// <summary>The next line of its output; the end of the output before one throws <see cref="SubprocessFailedException"/>.</summary>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return line ?? throw new SubprocessFailedException(await EndAsync("", cancellationToken));
    }

    /// <summary>Closes its input and waits for it to end; the result holds what it still had to say.</summary>
    public async Task<SubprocessResult> CloseAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        try
        {
            _process.StandardInput.Close();
            var output = await _process.StandardOutput.ReadToEndAsync(limit.Token);
            return await EndAsync(output, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SubprocessResult(_commandLine, -1, "", "", TimedOut: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<SubprocessResult> EndAsync(string output, CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return new SubprocessResult(_commandLine, _process.ExitCode, output, await _error.WaitAsync(cancellationToken), TimedOut: false);
    }
}
