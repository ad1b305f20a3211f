using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>Asks each provider, without a key and through the tunnel, whether it serves this exit.</summary>
internal sealed class ProviderProbes(string device, ImmutableArray<LlmProvider> providers, TimeProvider time)
{
    private const int LongestBody = 64 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4);

    // A resolver whose tunnel has just come up may not know a name yet.
    private static readonly TimeSpan TriedAgain = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    /// <summary>What they say of the exit. One that does not answer refuses nothing.</summary>
    public async Task<ProviderAnswers> AskAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = async (context, token) => new NetworkStream(await DataPathProbe.ConnectAsync(device, context.DnsEndPoint, token), ownsSocket: true),
        };
        using var http = new HttpClient(handler);
        var answers = await Task.WhenAll(providers.Select(provider => AskAsync(http, provider, begun, either.Token)));
        var refusals = string.Join(", ", answers.Where(answer => answer is { Length: > 0 }));
        return new ProviderAnswers(refusals.Length > 0 ? refusals : null, answers.All(answer => answer is not null));
    }

    /// <summary>A sentence of one that refuses, nothing of one that does not, and null where none answers.</summary>
    private async Task<string?> AskAsync(HttpClient http, LlmProvider provider, long begun, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(provider.Probe.Url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                var body = await ReadAsync(answer.Content, cancellationToken);
                var status = (int)answer.StatusCode;
                return provider.Probe.MeaningOf(status, body) == ProbeMeaning.RegionBlocked ? $"{provider.Title} does not serve this exit's region (HTTP {status})" : "";
            }
            catch (Exception e) when (e is HttpRequestException or IOException && time.GetElapsedTime(begun) < TriedAgain)
            {
                await Task.Delay(BetweenTries, time, CancellationToken.None);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var body = new byte[LongestBody];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(body, 0, length);
    }
}

/// <summary>What providers say of an exit: a sentence about those that refuse its region (null when none does), and whether all of them answered.</summary>
internal readonly record struct ProviderAnswers(string? Refusals, bool AreWhole);
