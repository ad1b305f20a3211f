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

    /// <summary>A sentence about those that refuse the region; null when none does. One that does not answer refuses nothing.</summary>
    public async Task<string?> RefusalsAsync(CancellationToken cancellationToken)
    {
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
        var answers = await Task.WhenAll(providers.Select(provider => AskAsync(http, provider, either.Token)));
        var refusals = string.Join(", ", answers.OfType<string>());
        return refusals.Length > 0 ? refusals : null;
    }

    private static async Task<string?> AskAsync(HttpClient http, LlmProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(provider.Probe.Url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await ReadAsync(answer.Content, cancellationToken);
            var status = (int)answer.StatusCode;
            return provider.Probe.MeaningOf(status, body) == ProbeMeaning.RegionBlocked
                ? $"{provider.Title} does not serve this exit's region (HTTP {status})"
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
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
