using System.Security.Cryptography;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>Clients that no one here wrote, as dev, through both proxies: each is seen at the exit and gets what it asked for, unchanged.</summary>
public sealed class ClientTests(ClientStack stack) : IClassFixture<ClientStack>
{
    private const string Http = "http://127.0.0.1:1090";
    private const string Socks = "socks5h://127.0.0.1:1080";
    private const string Ip = "https://api.openai.com/ip";
    private const string ClearIp = "http://openrouter.ai/ip";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Each prints where it was seen.</summary>
    private static readonly Dictionary<string, string[]> Clients = new()
    {
        ["curl --socks5"] = ["curl", "-sS", "--socks5", "127.0.0.1:1080", Ip],
        ["curl --socks5-hostname"] = ["curl", "-sS", "--socks5-hostname", "127.0.0.1:1080", Ip],
        ["curl --socks5-hostname, clear"] = ["curl", "-sS", "--socks5-hostname", "127.0.0.1:1080", ClearIp],
        ["curl -x"] = ["curl", "-sS", "-x", Http, Ip],
        ["curl -x, absolute form"] = ["curl", "-sS", "-x", Http, ClearIp],
        ["curl -x --proxytunnel, clear"] = ["curl", "-sS", "-p", "-x", Http, ClearIp],
        ["requests, HTTP"] = Python("requests", Ip, Http),
        ["requests, SOCKS"] = Python("requests", Ip, Socks),
        ["requests, absolute form"] = Python("requests", ClearIp, Http),
        ["PySocks, HTTP"] = Python("pysocks", ClearIp, Http),
        ["PySocks, SOCKS"] = Python("pysocks", ClearIp, Socks),
        ["httpx, HTTP"] = Python("httpx", Ip, Http),
        ["httpx, SOCKS"] = Python("httpx", Ip, Socks),
        ["aiohttp, HTTP"] = Python("aiohttp", Ip, Http),
        ["aiohttp, absolute form"] = Python("aiohttp", ClearIp, Http),
        ["aiohttp, SOCKS"] = Python("aiohttp-socks", Ip, Socks),
        ["aiohttp, WebSocket in clear (Upgrade)"] = Python("aiohttp-websocket", $"{ClientStack.Clear}/echo", Http),
        ["undici, HTTP"] = Node("undici", Ip, Http),
        ["undici, SOCKS"] = Node("undici", Ip, Socks),
        ["https-proxy-agent"] = Node("agent", Ip, Http),
        ["socks-proxy-agent"] = Node("agent", Ip, Socks),
        ["ws, HTTP"] = Node("websocket", "wss://api.ipify.org:8443/echo", Http),
        ["ws, SOCKS"] = Node("websocket", "wss://api.ipify.org:8443/echo", Socks),
        ["nc -X connect"] = Shell("printf 'GET /ip HTTP/1.0\\r\\nHost: openrouter.ai\\r\\n\\r\\n' | nc -X connect -x 127.0.0.1:1090 openrouter.ai 80"),
        ["nc -X 5"] = Shell("printf 'GET /ip HTTP/1.0\\r\\nHost: openrouter.ai\\r\\n\\r\\n' | nc -X 5 -x 127.0.0.1:1080 openrouter.ai 80"),
        ["ssh through nc -X 5"] = Shell($"{SecureShell} -o 'ProxyCommand nc -X 5 -x 127.0.0.1:1080 %h %p' root@api.ipify.org 'echo seen at $SSH_CONNECTION'"),
        ["ssh through nc -X connect"] = Shell($"{SecureShell} -o 'ProxyCommand nc -X connect -x 127.0.0.1:1090 %h %p' root@api.ipify.org 'echo seen at $SSH_CONNECTION'"),
        ["proxychains4"] = ["proxychains4", "-q", "-f", ClientStack.ProxyChains, "curl", "-sS", Ip],
    };

    private const string SecureShell =
        $"ssh -F none -i {ClientStack.ClientKey} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Clients.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_client_is_seen_at_the_exit(string name)
    {
        var said = await AsDevAsync(Clients[name]);
        Assert.Contains($"{stack.Lab.Exit1.Address}", said, StringComparison.Ordinal);
    }

    /// <summary>It costs 3.7 MB and a quarter of the start. The tunnel role asks providers over TLS, and shows that the look finds it.</summary>
    [Fact]
    public async Task The_proxy_serves_clients_without_OpenSSL()
    {
        await AsDevAsync(Clients["curl -x"]);
        async Task<string> LibrariesOfAsync(Victim role) => await File.ReadAllTextAsync($"/proc/{Assert.Single(role.In(stack.Lab.Host)).Pid}/maps", Token);
        Assert.DoesNotContain("libcrypto", await LibrariesOfAsync(Victim.Proxy), StringComparison.Ordinal);
        Assert.Contains("libcrypto", await LibrariesOfAsync(Victim.Tunnel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2", "2")]
    public async Task Inside_CONNECT_and_SOCKS_a_client_speaks_what_it_likes(string option, string version)
    {
        foreach (var proxy in new[] { Http, Socks })
        {
            Assert.Equal($"{stack.Lab.Exit1.Address} {version}", await AsDevAsync("curl", "-sS", option, "-w", " %{http_version}", "-x", proxy, Ip));
        }
    }

    [Theory]
    [InlineData(Http, ClientStack.Secure)]
    [InlineData(Http, ClientStack.Clear)]
    [InlineData(Socks, ClientStack.Secure)]
    public async Task An_upload_of_unknown_length_arrives_unchanged(string proxy, string origin)
    {
        const int length = 8_000_000;
        var said = await AsDevAsync(Shell($"head -c {length} /dev/zero | curl -sS -T - -x {proxy} {origin}/upload"));
        Assert.Equal($"{length} {Convert.ToHexStringLower(SHA256.HashData(new byte[length]))}", said);
    }

    [Theory]
    [InlineData("--limit-rate 2M", "3000000")]
    [InlineData("-r 1000000-1999999", "3000000")]
    [InlineData("-C 2500000", "3000000")]
    public async Task A_download_at_a_limited_rate_or_of_a_range_arrives_unchanged(string option, string length)
    {
        string Command(string proxy) => $"curl -sS {option} {proxy} {ClientStack.Clear}/blob/{length} | sha256sum";
        var straight = await stack.Beyond.RequireAsync("sh", ["-c", Command($"--resolve api.ipify.org:8080:{LabAddresses.Providers[3].Address}")], Token);
        foreach (var proxy in new[] { Http, Socks })
        {
            Assert.Equal(straight.Trim(), await AsDevAsync(Shell(Command($"-x {proxy}"))));
        }
    }

    [Theory]
    [InlineData(Http)]
    [InlineData(Socks)]
    public async Task Git_clones_over_https(string proxy) => Assert.Equal(
        "hello",
        await AsDevAsync(Shell($"d=$(mktemp -d) && git -c http.proxy={proxy} clone -q {ClientStack.Secure}/files/repo.git $d/clone && cat $d/clone/README")));

    [Fact]
    public async Task Apt_updates_and_downloads_through_the_HTTP_proxy()
    {
        var options = $"-qq -o Dir::Etc::sourcelist={StackInput.Folder}/lab.list -o Dir::Etc::sourceparts=- -o Dir::State=$d/state -o Dir::Cache=$d/cache"
            + $" -o APT::Sandbox::User=root -o Acquire::http::Proxy={Http} -o Acquire::Retries=0";
        Assert.Contains(
            "lab-hello_1_all.deb",
            await AsDevAsync(Shell($"d=$(mktemp -d) && mkdir -p $d/state/lists/partial $d/cache/archives/partial && cd $d && apt-get {options} update && apt-get {options} download lab-hello && ls *.deb")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Http)]
    [InlineData(Socks)]
    public async Task The_HttpClient_of_dotnet_streams_a_chat(string proxy)
    {
        var client = LlmClient.All.Single(client => client.Name == "OpenAI .NET");
        var call = await new CallMaker(stack.Lab).CallAsync(client, new CallRoute("dev", proxy, [stack.Culvert.Path, "run", "--"], proxy), LabAddresses.Providers[0], Token);
        Assert.True(call.Answered, call.Detail);
        Assert.Equal($"{stack.Lab.Exit1.Address}", call.Record?.Peer);
    }

    [Fact]
    public async Task With_users_a_right_password_goes_through_and_a_wrong_one_does_not()
    {
        await using var own = await RunningStack.PrepareAsync();
        own.Lab.Host.WriteFile($"{StackInput.Folder}/alice", "s3cret\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        own.Lab.Host.WriteFile(StackInput.File, $"{StackInput.Yaml}proxy: {{ users: {{ alice: {{ password_file: alice, connections: 4 }} }} }}\n");
        var up = await own.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        foreach (var proxy in new[] { Http, Socks })
        {
            var right = await own.AsDevAsync("curl", "-sS", "-x", proxy, "-U", "alice:s3cret", Ip);
            Assert.True(right.Succeeded && right.Output.Trim() == $"{own.Lab.Exit1.Address}", right.Describe());
            Assert.False((await own.AsDevAsync("curl", "-sS", "-x", proxy, "-U", "alice:wrong", Ip)).Succeeded);
            Assert.False((await own.AsDevAsync("curl", "-sS", "-x", proxy, Ip)).Succeeded);
        }

        // More than its share: refused, and the tunnels that it holds go on.
        own.Lab.Host.WriteFile("/run/culvert/culvert/culvert.yaml", $"{StackInput.Yaml}proxy: {{ users: {{ alice: {{ password_file: alice, connections: 1 }} }} }}\n");
        await using var held = await own.Culvert.StartInsideAsync(
            ["sh", "-c", $"curl -sSN --proxy {Http} -U alice:s3cret -H 'Authorization: Bearer k' -H 'Content-Type: application/json' -d '{{\"stream\":true,\"max_tokens\":400}}' https://api.openai.com/v1/chat/completions"],
            app: false, LabCommandOptions.None, Token);
        await held.WaitForLineAsync(line => line.StartsWith("data:", StringComparison.Ordinal), Deadline, Token);
        var control = await own.Culvert.CallAsync(["control", "reload", "--run", "/run/culvert/culvert"], Deadline, Token);
        Assert.True(control.Succeeded, control.Describe());
        var second = await own.AsDevAsync("curl", "-sS", "-o", "/dev/null", "-w", "%{http_connect}", "-x", Http, "-U", "alice:s3cret", Ip);
        Assert.Equal("429", second.Output);
        var whole = await held.WaitAsync(Deadline, Token);
        Assert.True(whole.Succeeded && whole.Output.Contains("[DONE]", StringComparison.Ordinal), whole.Describe());
    }

    private static string[] Python(string client, string url, string proxy) => [RepositoryFiles.Python, "-B", RepositoryFiles.Client("fetch.py"), client, url, proxy];

    private static string[] Node(string client, string url, string proxy) => ["node", RepositoryFiles.Client("fetch.mjs"), client, url, proxy];

    private static string[] Shell(string line) => ["sh", "-c", line];

    private async Task<string> AsDevAsync(params string[] line)
    {
        // Node has a store of its own.
        var result = await stack.Culvert.RunAsync(["env", "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt", .. line], app: false, Deadline, Token);
        Assert.True(result.Succeeded, result.Describe());
        return result.Output.Trim();
    }
}
