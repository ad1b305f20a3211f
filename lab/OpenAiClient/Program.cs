// A streaming chat completion with the official OpenAI library.
// Use: OPENAI_API_KEY=... OpenAiClient BASE_URL MODEL [PROXY]
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using OpenAI;
using OpenAI.Chat;

if (args is not ([_, _] or [_, _, _]))
{
    Console.Error.WriteLine("use: OpenAiClient BASE_URL MODEL [PROXY]");
    return 2;
}

if (Environment.GetEnvironmentVariable("OPENAI_API_KEY") is not { Length: > 0 } key)
{
    Console.Error.WriteLine("OPENAI_API_KEY is not set");
    return 2;
}

var proxy = args.Length > 2 ? args[2] : null;
// .NET spells it socks5 and always lets the proxy resolve the name.
var address = proxy?.Replace("socks5h://", "socks5://", StringComparison.Ordinal);
using var handler = new SocketsHttpHandler { UseProxy = address is not null, Proxy = address is null ? null : new WebProxy(address) };
using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(15) };
var client = new ChatClient(args[1], new ApiKeyCredential(key), new OpenAIClientOptions
{
    Endpoint = new Uri(args[0]),
    Transport = new HttpClientPipelineTransport(http),
    RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
});
try
{
    await foreach (var update in client.CompleteChatStreamingAsync(new UserChatMessage("Say where you are.")))
    {
        foreach (var part in update.ContentUpdate)
        {
            Console.Write(part.Text);
        }
    }

    Console.WriteLine();
    return 0;
}
catch (Exception e) when (e is ClientResultException or HttpRequestException or IOException or OperationCanceledException)
{
    var through = proxy is null ? "" : $" through {proxy}";
    Console.Error.WriteLine($"chat completion from {args[0]}{through}: {e.Message}{(e.InnerException is { } inner ? $": {inner.Message}" : "")}");
    return 1;
}
