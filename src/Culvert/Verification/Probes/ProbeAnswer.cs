using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Culvert.Stack;

namespace Culvert.Verification.Probes;

/// <summary>
/// What one call came to. <see cref="Answered"/> means that the other side said something (TCP: accepted the connection);
/// <see cref="Answer"/> is what; <see cref="Failure"/> says why not. <see cref="Status"/> is HTTP's.
/// </summary>
internal sealed record ProbeAnswer(
    string Kind,
    string Target,
    bool Answered,
    string? Answer,
    string? Failure,
    int? Status,
    double Milliseconds)
{
    /// <summary>The failure of a call that ran into its deadline.</summary>
    public const string NoAnswer = "no answer";

    private const int LongestShown = 80;

    /// <summary>One line for people.</summary>
    public string Describe() => Answered
        ? $"{Kind} {Target}: {(Status is { } status ? $"{status} " : "")}{Shown(Answer ?? "")}"
        : $"{Kind} {Target}: {Failure} after {Milliseconds:0} ms";

    // Whoever answers may be a stranger: a page of HTML, or bytes that drive a terminal.
    private static string Shown(string answer) =>
        answer.Length <= LongestShown && !answer.Any(char.IsControl) ? answer : Quoted.Of(answer);

    /// <summary>Runs a call under a deadline and turns how it ends into an answer; only bugs get past it.</summary>
    public static async Task<ProbeAnswer> OfAsync(
        string kind,
        string target,
        TimeSpan timeout,
        Func<CancellationToken, Task<(string Answer, int? Status)>> call,
        CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        ProbeAnswer Failed(string failure) =>
            new(kind, target, false, null, failure, null, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        try
        {
            var (answer, status) = await call(limit.Token);
            return new ProbeAnswer(kind, target, true, answer, null, status, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(NoAnswer);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException or InvalidDataException)
        {
            return Failed(Reason(e));
        }
    }

    // The innermost message is the kernel's or TLS's own; the outer ones say only that sending failed.
    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e is SocketException socket ? $"{socket.Message} ({socket.SocketErrorCode})" : e.Message;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeAnswer))]
[JsonSerializable(typeof(CaptureReport))]
[JsonSerializable(typeof(CallReport))]
[JsonSerializable(typeof(ProbeSecrets))]
internal sealed partial class ProbeJson : JsonSerializerContext;
