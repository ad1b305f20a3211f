using Culvert.Lab.Topology;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Culvert.Lab.Providers;

/// <summary>Answers a call as an OpenAI-compatible provider would, and writes down who made it.</summary>
internal sealed class ProviderService(ProviderFolder files)
{
    /// <summary>Under which item of a connection its server name (RFC 6066) is kept.</summary>
    public static readonly object Sni = new();

    private readonly JsonLines<CallRecord> calls = new(files.Calls);

    public async Task AnswerAsync(HttpContext context)
    {
        var provider = LabAddresses.Providers.First(candidate =>
            context.Connection.LocalIpAddress!.Equals(candidate.Address) || context.Connection.LocalIpAddress.Equals(candidate.AddressV6));
        var peer = context.Connection.RemoteIpAddress!.ToString();
        var key = KeyOf(context.Request);
        var answer = new ProviderAnswer(context, provider, peer, key is not null, IsBlocked(provider, peer));
        var completed = false;
        try
        {
            await answer.WriteAsync();
            await context.Response.CompleteAsync();
            completed = !context.RequestAborted.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            // The caller went away in the middle: the record says so.
        }
        finally
        {
            calls.Append(Record(context, provider, peer, key, answer, completed));
        }
    }

    private static CallRecord Record(HttpContext context, LabProvider provider, string peer, string? key, ProviderAnswer answer, bool completed) => new(
        DateTimeOffset.UtcNow,
        provider.Id,
        peer,
        context.Request.Scheme,
        context.Request.Protocol,
        context.Request.Method,
        context.Request.Path,
        context.Request.Host.ToString(),
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Sni, out var name) == true ? name as string : null,
        context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
        key is null ? null : CallRecord.HashOf(key),
        [.. context.Request.Headers.Keys],
        answer.Model,
        answer.Stream,
        context.Response.StatusCode,
        answer.Chunks,
        completed);

    private static string? KeyOf(HttpRequest request)
    {
        const string bearer = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? authorization[bearer.Length..]
            : request.Headers["x-api-key"].ToString() is { Length: > 0 } key ? key
            : null;
    }

    // A line is an address, or a provider and an address.
    private bool IsBlocked(LabProvider provider, string peer) =>
        File.Exists(files.BlockedAddresses) && File.ReadAllLines(files.BlockedAddresses).Any(line => line == peer || line == $"{provider.Id} {peer}");
}
