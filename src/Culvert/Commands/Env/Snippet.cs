namespace Culvert.Commands.Env;

/// <summary>What to paste where. In a program only the client that makes LLM calls changes; everything else stays direct.</summary>
internal static class Snippet
{
    public static readonly string[] Applications = ["shell", "python", "node", "dotnet", "curl", "vscode", "kilo"];

    /// <summary>These run in the dev container, which shares the namespace.</summary>
    public static bool IsAlwaysInside(string application) => application is "vscode" or "kilo";

    /// <summary>
    /// Both spellings: curl reads only the small http_proxy, others read only the large ones. ALL_PROXY is the HTTP proxy
    /// too: httpx without its SOCKS package refuses to start when it finds a SOCKS URL there.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables(ProxyAddresses addresses) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["HTTP_PROXY"] = addresses.Http,
        ["HTTPS_PROXY"] = addresses.Http,
        ["ALL_PROXY"] = addresses.Http,
        ["NO_PROXY"] = ProxyAddresses.Direct,
        ["http_proxy"] = addresses.Http,
        ["https_proxy"] = addresses.Http,
        ["all_proxy"] = addresses.Http,
        ["no_proxy"] = ProxyAddresses.Direct,
    };

    public static string For(string application, ProxyAddresses addresses)
    {
        var text = application switch
        {
            "shell" => Shell(addresses),
            "python" => Python(addresses),
            "node" => Node(addresses),
            "dotnet" => DotNet(addresses),
            "curl" => Curl(addresses),
            "vscode" => VsCode(addresses),
            "kilo" => Kilo(addresses),
            _ => throw new ArgumentOutOfRangeException(nameof(application), application, "There is no such snippet."),
        };
        var comment = application is "node" or "dotnet" or "vscode" ? "//" : "#";
        return addresses.Note is { } note ? $"{comment} {note}\n{text}" : text;
    }

    private static string Shell(ProxyAddresses addresses) =>
        $"# SOCKS5, for clients that know it: {addresses.Socks}\n"
        + string.Join("\n", Variables(addresses).Select(v => $"export {v.Key}='{v.Value}'"));

    private static string Python(ProxyAddresses addresses) => $$"""
        # pip install openai 'httpx[socks]'. Before 0.28 httpx knows only the word socks5, and resolves at the proxy with it too.
        import httpx
        from openai import OpenAI

        client = OpenAI(http_client=httpx.Client(proxy="{{addresses.Socks}}"))

        # requests: pip install 'requests[socks]'
        # requests.post(url, json=body, proxies={"https": "{{addresses.Socks}}"})
        """;

    private static string Node(ProxyAddresses addresses) => $$"""
        // npm install openai undici
        import OpenAI from 'openai';
        import { ProxyAgent } from 'undici';

        const client = new OpenAI({
          fetchOptions: { dispatcher: new ProxyAgent('{{addresses.Http}}') },
        });
        """;

    // .NET does not know the word socks5h; with the HTTP proxy a name is resolved behind the tunnel as well.
    private static string DotNet(ProxyAddresses addresses) => $$"""
        // dotnet add package OpenAI
        using System.ClientModel;
        using System.ClientModel.Primitives;
        using System.Net;
        using OpenAI;

        var handler = new SocketsHttpHandler { Proxy = new WebProxy("{{addresses.Http}}"), UseProxy = true };
        var client = new OpenAIClient(
            new ApiKeyCredential(Environment.GetEnvironmentVariable("OPENAI_API_KEY")!),
            new OpenAIClientOptions { Transport = new HttpClientPipelineTransport(new HttpClient(handler)) });
        """;

    private static string Curl(ProxyAddresses addresses) => $"""
        curl --proxy '{addresses.Socks}' https://api.ipify.org
        curl --proxy '{addresses.Http}' https://api.ipify.org
        """;

    private static string VsCode(ProxyAddresses addresses) => $$"""
        // settings.json of VS Code Server. Start the server with the variables of `culvert env shell --inside` too:
        // extensions with an HTTP client of their own read only those.
        {
          "http.proxy": "{{addresses.Http}}",
          "http.proxySupport": "override",
          "http.proxyStrictSSL": true
        }
        """;

    private static string Kilo(ProxyAddresses addresses) => $"""
        # Inside dev everything leaves through the tunnel already; the proxies add their policy and their log.
        export HTTPS_PROXY='{addresses.Http}' HTTP_PROXY='{addresses.Http}' NO_PROXY='{ProxyAddresses.Direct}'
        kilo
        """;
}
