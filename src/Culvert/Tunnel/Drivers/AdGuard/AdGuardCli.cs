using System.Diagnostics;
using System.Text;
using Culvert.Linux;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What a finished call left behind.</summary>
internal sealed record AdGuardAnswer(int ExitCode, IReadOnlyList<string> Lines, bool TimedOut)
{
    /// <summary>For messages: how it ended and what it said last.</summary>
    public string Describe() => TimedOut ? "did not finish within its deadline" : $"ended with exit code {ExitCode}: {Lines.LastOrDefault(line => line.Length > 0)}";
}

/// <summary>
/// adguardvpn-cli, one call after another: two at once have logged people out (AdGuardVPNCLI#98), also from two processes.
/// Each has a deadline past which it is killed (#83, #174), and an input that stays open: with a closed one it spins.
/// </summary>
internal sealed class AdGuardCli(string program, string dataHome, TimeProvider time)
{
    public const string Program = "adguardvpn-cli";

    private const int MostLines = 1000;

    private static readonly string[] Connect = ["connect", "--no-fork", "-y"];
    private static readonly string[] ToFastest = ["-f"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>Null when another call is under way for longer than <paramref name="patience"/>.</summary>
    public async Task<AdGuardStatus?> StatusAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Prepare();
            (await TakeTurnAsync(either.Token)).Dispose();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        var answer = await CallAsync(["status"], cancellationToken);
        return AdGuardStatus.Parse(answer.ExitCode, answer.Lines);
    }

    public async Task<IReadOnlyList<AdGuardLocation>> LocationsAsync(CancellationToken cancellationToken) =>
        AdGuardLocation.Parse((await CallAsync(["list-locations"], cancellationToken)).Lines);

    public async Task<AdGuardLicense> LicenseAsync(CancellationToken cancellationToken) =>
        AdGuardLicense.Parse((await CallAsync(["license"], cancellationToken)).Lines);

    /// <summary>Sets everything that Culvert needs, then reads it back. Sentences about what is not as it must be.</summary>
    public async Task<IReadOnlyList<string>> ConfigureAsync(string uplink, CancellationToken cancellationToken)
    {
        foreach (var setting in AdGuardConfiguration.Settings(uplink))
        {
            var answer = await CallAsync(["config", .. setting], cancellationToken);
            if (answer.ExitCode != 0)
            {
                return [$"`{Program} config {string.Join(' ', setting)}` {answer.Describe()}"];
            }
        }

        return AdGuardConfiguration.Parse((await CallAsync(["config", "show"], cancellationToken)).Lines).Problems();
    }

    /// <summary>Tells each step as it comes. Null when the login is done, otherwise why it is not.</summary>
    public async Task<string?> LoginAsync(Action<AdGuardLogin> tell, CancellationToken cancellationToken)
    {
        AdGuardLogin? last = null;
        var answer = await CallAsync(["login"], null, line =>
        {
            if (AdGuardLogin.Parse(line) is { } step)
            {
                last = step;
                tell(step);
            }
        }, cancellationToken);
        return last switch
        {
            AdGuardLogin.Done => null,
            AdGuardLogin.Failed failed => failed.Reason,
            _ => $"`{Program} login` {answer.Describe()}",
        };
    }

    public Task<AdGuardAnswer> CallAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        CallAsync(arguments, Deadline, null, cancellationToken);

    /// <summary>A null deadline waits until the caller gives up: a person is at work in a browser.</summary>
    public async Task<AdGuardAnswer> CallAsync(IReadOnlyList<string> arguments, TimeSpan? deadline, Action<string>? tell, CancellationToken cancellationToken)
    {
        Prepare();
        using var turn = await TakeTurnAsync(cancellationToken);
        using var process = Start(arguments);
        using var limit = deadline is { } allowed ? new CancellationTokenSource(allowed, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var lines = new List<string>();
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, lines, tell), ReadAsync(process.StandardError, lines, tell));
        try
        {
            await process.WaitForExitAsync(either.Token);
            // A daemon that it left behind may hold its output open; its own end is what counts.
            await Task.WhenAny(reading, Task.Delay(OutputGrace, time, cancellationToken));
            return new AdGuardAnswer(process.ExitCode, Snapshot(lines), TimedOut: false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new AdGuardAnswer(-1, Snapshot(lines), TimedOut: true);
        }
    }

    public static bool SaysConnected(string line) => line.StartsWith("Successfully Connected", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Connects, to the fastest location where none is named, and carries until the client ends or <paramref name="stop"/> asks
    /// it to. Others may call once it is connected: what they must not meet is another that is logging in or connecting.
    /// </summary>
    public async Task<AdGuardAnswer> CarryAsync(string? location, Action<int> started, Action<string> tell, CancellationToken stop)
    {
        Prepare();
        using var turn = await TakeTurnAsync(stop);
        using var process = Start([.. Connect, .. location is null ? ToFastest : ["-l", location]]);
        started(process.Id);
        await using var stopping = stop.Register(() => Signals.Send(process.Id, Signals.Terminate));
        var lines = new List<string>();
        void Told(string line)
        {
            if (SaysConnected(line))
            {
                turn.Dispose();
            }

            tell(line);
        }

        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, lines, Told), ReadAsync(process.StandardError, lines, Told));
        await process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(reading, Task.Delay(OutputGrace, time, CancellationToken.None));
        return new AdGuardAnswer(process.ExitCode, Snapshot(lines), TimedOut: false);
    }

    // Only root reads the login that the client keeps there.
    private void Prepare() => Directory.CreateDirectory(
        dataHome, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private async Task<FileLock> TakeTurnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FileLock.TryTake($"{dataHome}/culvert.lock") is { } turn)
            {
                return turn;
            }

            await Task.Delay(BetweenTries, time, cancellationToken);
        }
    }

    private Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Programs.SearchPath(Environment.GetEnvironmentVariable("PATH"));
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["HOME"] = dataHome;
        start.Environment["XDG_DATA_HOME"] = dataHome;
        return Process.Start(start)!;
    }

    private static async Task ReadAsync(StreamReader reader, List<string> lines, Action<string>? tell)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } text)
        {
            foreach (var line in AdGuardText.Lines(text))
            {
                lock (lines)
                {
                    // A connection lasts for days; what it said last explains its end.
                    if (lines.Count == MostLines)
                    {
                        lines.RemoveAt(0);
                    }

                    lines.Add(line);
                }

                tell?.Invoke(line);
            }
        }
    }

    private static string[] Snapshot(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }
}
