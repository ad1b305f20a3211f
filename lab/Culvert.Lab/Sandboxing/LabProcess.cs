using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Culvert.Lab.Sandboxing;

/// <summary>A program running in a place of the lab; everything it prints is kept. Disposing it kills it.</summary>
public sealed class LabProcess : IAsyncDisposable
{
    private const int SigCont = 18;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);
    private readonly Process process;
    private readonly string commandLine;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly Task reading;
    private TaskCompletionSource more = NewSignal();
    private bool ended;

    private LabProcess(Process process, string commandLine)
    {
        this.process = process;
        this.commandLine = commandLine;
        reading = ReadAsync();
    }

    public string Output => Locked(output);

    public string Error => Locked(error);

    public bool HasExited => process.HasExited;

    /// <summary>The program's pid on the outer machine, or null when it has not started yet or is gone.</summary>
    public int? Pid => LabProcessTable.ChildrenOf(process.Id) is [var child, ..] ? child : null;

    internal static LabProcess Launch(LabPlace place, string program, IReadOnlyList<string> arguments, LabCommandOptions options)
    {
        var start = new ProcessStartInfo("nsenter")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        CommandEnvironment.Apply(start, options.Environment);
        foreach (var argument in place.EnterArguments(options.WorkingDirectory).Append(program).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new LabException($"starting {program} in {place.Name}: nsenter did not start");
        return new LabProcess(process, $"{place.Name}: {program} {string.Join(' ', arguments)}".TrimEnd());
    }

    /// <summary>Writes to the program's input and, unless told otherwise, closes it.</summary>
    public async Task WriteAsync(string input, bool close, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
            if (close)
            {
                process.StandardInput.Close();
            }
        }
        catch (IOException)
        {
            // The program ended without reading its input; its exit code and stderr tell why.
        }
    }

    /// <summary>The first whole line, already printed or yet to come, that is wanted; throws when the program ends or the deadline passes without it.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        try
        {
            while (true)
            {
                Task next;
                lock (output)
                {
                    if ((WholeLines(output).FirstOrDefault(wanted) ?? WholeLines(error).FirstOrDefault(wanted)) is { } line)
                    {
                        return line;
                    }

                    next = ended ? throw new LabException($"{Describe()} before it printed what was awaited") : more.Task;
                }

                await next.WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"`{commandLine}` did not print what was awaited within {deadline.TotalSeconds:0.#} s; it said: {Error.Trim()} {Output.Trim()}");
        }
    }

    /// <summary>Waits for the end; at the deadline the program and its children are killed.</summary>
    public async Task<LabCommandResult> WaitAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(deadline);
        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(limit.Token);
            // A daemon that the program left behind may hold its output open; its own end is what counts.
            await Task.WhenAny(reading, Task.Delay(OutputGrace, limit.Token));
        }
        catch (OperationCanceledException)
        {
            timedOut = !process.HasExited;
            Kill();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new LabCommandResult(commandLine, timedOut ? -1 : process.ExitCode, Output, Error, timedOut, clock.Elapsed);
    }

    /// <summary>Sends a signal by its Linux number (15 SIGTERM, 9 SIGKILL, 19 SIGSTOP, 18 SIGCONT) to the program itself.</summary>
    public void Signal(int signal)
    {
        if (Pid is { } pid)
        {
            LabProcessTable.Signal(pid, signal);
        }

        if (signal == SigCont && !process.HasExited)
        {
            // nsenter stops itself when its child is stopped.
            LabProcessTable.Signal(process.Id, signal);
        }
    }

    public void Kill()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private string Describe() => process.HasExited
        ? $"`{commandLine}` ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)} ({Error.Trim()})"
        : $"`{commandLine}` closed its output ({Error.Trim()})";

    private string Locked(StringBuilder text)
    {
        lock (output)
        {
            return text.ToString();
        }
    }

    private async Task ReadAsync()
    {
        await Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, error));
        lock (output)
        {
            ended = true;
            more.SetResult();
        }
    }

    private async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        var block = new char[4096];
        while (await from.ReadAsync(block, CancellationToken.None) is > 0 and var length)
        {
            lock (output)
            {
                to.Append(block, 0, length);
                more.SetResult();
                more = NewSignal();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string[] WholeLines(StringBuilder text) => text.ToString().Split('\n')[..^1];
}
