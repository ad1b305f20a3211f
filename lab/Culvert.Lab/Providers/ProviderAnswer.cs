using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Lab.Topology;
using Microsoft.AspNetCore.Http;

namespace Culvert.Lab.Providers;

/// <summary>One answer: the caller's address, the list of models, a chat completion (whole or streamed), or why not.</summary>
internal sealed class ProviderAnswer(HttpContext context, LabProvider provider, string peer, bool hasKey, bool blocked)
{
    /// <summary>Slow enough that a stream is a stream, fast enough that a test is not.</summary>
    private static readonly TimeSpan BetweenChunks = TimeSpan.FromMilliseconds(40);
    private const int DefaultChunks = 8;
    private const int MostChunks = 100_000;

    public string? Model { get; private set; }

    public bool Stream { get; private set; }

    public int Chunks { get; private set; }

    public Task WriteAsync()
    {
        var path = context.Request.Path.Value ?? "/";
        var method = context.Request.Method;
        return (provider.Id, path) switch
        {
            ("ipify", "/") when context.Request.Query["format"] == "json" => JsonAsync(200, new JsonObject { ["ip"] = peer }),
            ("ipify", "/") or (_, "/ip") => TextAsync(peer),
            _ when blocked => ErrorAsync(403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
            _ when !hasKey && path.Contains("/v1/", StringComparison.Ordinal) => ErrorAsync(401, "invalid_api_key", "You didn't provide an API key."),
            _ when method == "GET" && path.EndsWith("/v1/models", StringComparison.Ordinal) => JsonAsync(200, Models()),
            _ when method == "POST" && path.EndsWith("/v1/chat/completions", StringComparison.Ordinal) => ChatAsync(),
            _ => ErrorAsync(404, "not_found", $"Nothing answers {method} {path} here"),
        };
    }

    private async Task ChatAsync()
    {
        JsonNode? request;
        try
        {
            request = await JsonNode.ParseAsync(context.Request.Body, null, default, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await ErrorAsync(400, "invalid_json", $"The body is not JSON: {e.Message}");
            return;
        }

        Model = (string?)request?["model"] ?? "gpt-lab";
        Stream = (bool?)request?["stream"] ?? false;
        var asked = (int?)request?["max_tokens"] ?? (int?)request?["max_completion_tokens"] ?? DefaultChunks;
        var words = Words(Math.Clamp(asked, 1, MostChunks));
        await (Stream ? StreamAsync(words) : WholeAsync(words));
    }

    /// <summary>Says where the caller was seen, then counts up to as many words as were asked for.</summary>
    private IEnumerable<string> Words(int count) =>
        $"{provider.Id} sees you at {peer}".Split(' ')
            .Concat(Enumerable.Range(1, count).Select(number => $"{number}"))
            .Take(count)
            .Select((word, place) => place == 0 ? word : $" {word}");

    private async Task StreamAsync(IEnumerable<string> words)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        foreach (var word in words)
        {
            await EventAsync(Chunk(new JsonObject { ["content"] = word }, null).ToJsonString());
            Chunks++;
            await Task.Delay(BetweenChunks, context.RequestAborted);
        }

        await EventAsync(Chunk([], "stop").ToJsonString());
        await EventAsync("[DONE]");
    }

    private async Task EventAsync(string data)
    {
        await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private Task WholeAsync(IEnumerable<string> words) => JsonAsync(200, new JsonObject
    {
        ["id"] = "chatcmpl-lab",
        ["object"] = "chat.completion",
        ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["model"] = Model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(words) },
            ["finish_reason"] = "stop",
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["completion_tokens"] = 1, ["total_tokens"] = 2 },
    });

    private JsonObject Chunk(JsonObject delta, string? finish) => new()
    {
        ["id"] = "chatcmpl-lab",
        ["object"] = "chat.completion.chunk",
        ["created"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["model"] = Model,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    };

    private static JsonObject Models() => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray(new JsonObject { ["id"] = "gpt-lab", ["object"] = "model", ["created"] = 0, ["owned_by"] = "lab" }),
    };

    private Task ErrorAsync(int status, string code, string message) => JsonAsync(status, new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "request_error", ["param"] = null, ["code"] = code },
    });

    private Task JsonAsync(int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private Task TextAsync(string text)
    {
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
