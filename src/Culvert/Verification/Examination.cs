using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Verification;

/// <summary>
/// What one check works with: the stack under examination and the ways to look at it. It writes down every command, so
/// that evidence says how it was gained.
/// </summary>
internal sealed class Examination(VerifyTarget target, string program, SemaphoreSlim turns)
{
    private readonly ConcurrentQueue<string> _how = new();

    public VerifyTarget Target => target;

    public IReadOnlyList<string> How => [.. _how.Distinct()];

    /// <summary>Writes down something that was looked at without a command.</summary>
    public void Used(string what) => _how.Enqueue(what);

    /// <summary>Makes one call from a standpoint. A probe that itself breaks throws <see cref="SubprocessFailedException"/>.</summary>
    public async Task<ProbeAnswer> ProbeAsync(Standpoint from, ProbeRequest request, CancellationToken cancellationToken)
    {
        string[] arguments = ["probe", .. request.Arguments, "--json"];
        Note(from, "culvert", arguments, request.Input is null ? "" : " (the rest by standard input)");
        // Dozens of processes that start at once would eat up each other's deadlines on a small machine.
        await turns.WaitAsync(cancellationToken);
        SubprocessResult result;
        try
        {
            result = await from.RunAsync(program, arguments, cancellationToken, request.Input, request.Deadline);
        }
        finally
        {
            turns.Release();
        }

        return result.Output.StartsWith('{')
            ? JsonSerializer.Deserialize(result.Output, ProbeJson.Default.ProbeAnswer)!
            : throw new SubprocessFailedException(result);
    }

    public async Task<IReadOnlyList<ProbeAnswer>> ProbeAllAsync(
        Standpoint from, IEnumerable<ProbeRequest> requests, CancellationToken cancellationToken) =>
        await Task.WhenAll(requests.Select(request => ProbeAsync(from, request, cancellationToken)));

    /// <summary>Starts to watch what leaves by an interface; everything after the returned task is seen.</summary>
    public Task<CaptureSession> CaptureAsync(
        Standpoint at, string interfaceName, IPAddress ownAddress, CancellationToken cancellationToken)
    {
        string[] arguments = ["probe", "capture", "--interface", interfaceName, "--own-address", $"{ownAddress}", "--json"];
        Note(at, "culvert", arguments);
        return CaptureSession.StartAsync(at.Command(program, arguments), cancellationToken);
    }

    /// <summary>Starts to watch an application for calls past the proxies; everything after the returned task is seen.</summary>
    public Task<CaptureSession> WatchCallsAsync(Standpoint at, CallWatch watch, CancellationToken cancellationToken)
    {
        string[] arguments = ["probe", "calls", .. watch.Arguments, "--json"];
        Note(at, "culvert", arguments);
        return CaptureSession.StartAsync(at.Command(program, arguments), cancellationToken);
    }

    /// <summary>Runs a program and returns its stdout; anything but exit code 0 throws <see cref="SubprocessFailedException"/>.</summary>
    public Task<string> RequireAsync(Standpoint at, string command, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        Note(at, command, arguments);
        return at.RequireAsync(command, arguments, cancellationToken);
    }

    public Task<SubprocessResult> RunAsync(Standpoint at, string command, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        Note(at, command, arguments);
        return at.RunAsync(command, arguments, cancellationToken);
    }

    private void Note(Standpoint at, string command, IReadOnlyList<string> arguments, string suffix = "")
    {
        // The number in /proc/NUMBER/ns/net tells a reader nothing; the name of the place does.
        var place = at.Prefix.Length == 2 ? $"in {at.Name}: " : at.Prefix.IsEmpty ? "" : $"{string.Join(' ', at.Prefix)} ";
        _how.Enqueue($"{place}{command} {string.Join(' ', arguments)}{suffix}");
    }
}
