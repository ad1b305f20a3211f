using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>A real client that makes a streaming chat completion: <c>LINE… BASE_URL MODEL [PROXY]</c> with the key in OPENAI_API_KEY.</summary>
public sealed record LlmClient(string Name, IReadOnlyList<string> Line)
{
    public static IReadOnlyList<LlmClient> All { get; } =
    [
        new("curl", ["sh", RepositoryFiles.Client("chat_curl.sh")]),
        new("Python requests", [RepositoryFiles.Python, RepositoryFiles.Client("chat_requests.py")]),
        new("Python httpx", [RepositoryFiles.Python, RepositoryFiles.Client("chat_httpx.py")]),
        new("OpenAI Node", ["node", RepositoryFiles.Client("chat.mjs")]),
        new("OpenAI .NET", ["dotnet", "exec", RepositoryFiles.OpenAiClient]),
    ];
}

/// <summary>How a call goes: <see cref="Wrapper"/> is put before the client's command line (<c>culvert run --</c>), <see cref="Proxy"/> is handed to it.</summary>
public sealed record CallRoute(string Source, string Path, IReadOnlyList<string> Wrapper, string? Proxy)
{
    /// <summary>From the host, past everything: what the lab must be able to tell from the rest.</summary>
    public static readonly CallRoute Straight = new("host", "direct", [], null);

    /// <summary>Every way that Culvert offers: a dev inside the namespace, with and without its proxies, and an application through them.</summary>
    public static IReadOnlyList<CallRoute> Through(string culvert) =>
    [
        new("dev", "direct", [culvert, "run", "--"], null),
        new("dev", "socks5h://127.0.0.1:1080", [culvert, "run", "--"], "socks5h://127.0.0.1:1080"),
        new("dev", "http://127.0.0.1:1090", [culvert, "run", "--"], "http://127.0.0.1:1090"),
        new("app", "socks5h://vpn:1080", [culvert, "run", "--app", "--"], "socks5h://vpn:1080"),
        new("app", "http://vpn:1090", [culvert, "run", "--app", "--"], "http://vpn:1090"),
    ];
}
