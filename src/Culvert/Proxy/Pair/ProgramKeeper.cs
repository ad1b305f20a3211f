using System.ComponentModel;
using System.Diagnostics;
using Culvert.Linux;

namespace Culvert.Proxy.Pair;

/// <summary>Keeps one program running: what it says goes through its log's words, and when it ends it is started again, alone.</summary>
internal sealed class ProgramKeeper(PairProgram program, string runDirectory, string temporary, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Repetition = TimeSpan.FromSeconds(1);

    // By it `culvert down` knows the programs, too. The unit's own variable is not handed on: they are not the role.
    private const string RunVariable = "CULVERT_RUN";

    // 0 while none runs.
    private volatile int running;

    public async Task KeepAsync(CancellationToken ending)
    {
        var delay = FirstDelay;
        while (!ending.IsCancellationRequested)
        {
            // A role that was killed, or a mother process, leaves helpers behind that hold the port.
            await SweepAsync();
            var began = time.GetTimestamp();
            var end = await RunAsync(ending);
            if (ending.IsCancellationRequested)
            {
                break;
            }

            delay = time.GetElapsedTime(began) >= Healthy ? FirstDelay : delay;
            await output.WriteLineAsync($"{program.Title}: {end}; starting it again in {delay.TotalMilliseconds:0} ms");
            await Task.Delay(delay, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 > LongestDelay ? LongestDelay : delay * 2;
        }

        await SweepAsync();
    }

    /// <summary>Makes it read its configuration again. One that is just starting may end by the signal; then it is started again and reads it.</summary>
    public void Reload()
    {
        if (running is > 0 and var pid)
        {
            Signals.Send(pid, program.ReloadSignal);
        }
    }

    private async Task<string> RunAsync(CancellationToken ending)
    {
        using var started = new Process { StartInfo = StartInfo() };
        try
        {
            started.Start();
        }
        catch (Win32Exception e)
        {
            return $"cannot start {program.Executable}: {e.Message}";
        }

        started.StandardInput.Close();
        running = started.Id;
        var reading = Task.WhenAll(PassOnAsync(started.StandardOutput), PassOnAsync(started.StandardError));
        try
        {
            await started.WaitForExitAsync(ending);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(started);
        }

        running = 0;
        // Helpers that outlive their mother hold the pipes open.
        await SweepAsync();
        await reading;
        return $"pid {started.Id} ended with exit code {started.ExitCode}";
    }

    private async Task EndAsync(Process started)
    {
        Signals.Send(started.Id, Signals.Terminate);
        using var patience = new CancellationTokenSource(Patience, time);
        await started.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SweepAsync();
        await started.WaitForExitAsync(CancellationToken.None);
    }

    // Out of descriptors, Tinyproxy complains three thousand times a second: what tells of no client is said once in each.
    private async Task PassOnAsync(StreamReader from)
    {
        var (last, at) = ("", time.GetTimestamp());
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (program.Log.Rewrite(line) is { } told && (told != last || told.Contains("client=", StringComparison.Ordinal) || time.GetElapsedTime(at) > Repetition))
            {
                (last, at) = (told, time.GetTimestamp());
                await output.WriteLineAsync($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {told}");
            }
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(Exec.Find(program.Executable) ?? program.Executable, program.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["TMPDIR"] = temporary;
        start.Environment["LC_ALL"] = "C";
        start.Environment[RunVariable] = runDirectory;
        return start;
    }

    // What hangs in the kernel is left to the next look, which comes when the program is started again.
    private async Task SweepAsync()
    {
        var began = time.GetTimestamp();
        while (program.Running($"{RunVariable}={runDirectory}").ToList() is { Count: > 0 } left && time.GetElapsedTime(began) < Patience)
        {
            left.ForEach(pid => Signals.Send(pid, Signals.Kill));
            await Task.Delay(Interval, time, CancellationToken.None);
        }
    }
}
