using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Stack;
using Culvert.Status;

namespace Culvert.Tests.Status;

public sealed class StatusServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private StatusView view = Views.With(TunnelState.Connected);
    private Task running = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var at = (IPEndPoint)probe.LocalEndpoint;
        probe.Stop();
        var ready = new TaskCompletionSource<string>();
        running = new StatusServer(_ => Task.FromResult(view), at).RunAsync(ready.SetResult, stop.Token);
        client.BaseAddress = new Uri(await ready.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task The_page_runs_no_script_and_is_not_kept()
    {
        using var answer = await client.GetAsync("/", Token);

        Assert.Equal("text/html; charset=utf-8", $"{answer.Content.Headers.ContentType}");
        Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-store", $"{answer.Headers.CacheControl}");
        Assert.Contains("LLM calls leave", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_says_what_the_page_says()
    {
        using var json = JsonDocument.Parse(await client.GetStringAsync("/status.json", Token));

        Assert.True(json.RootElement.GetProperty("carries").GetBoolean());
        Assert.Equal("Connected", json.RootElement.GetProperty("tunnel").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Metrics_follow_the_view()
    {
        var before = await client.GetStringAsync("/metrics", Token);
        view = Views.With(TunnelState.Reconnecting, "lost", "no answer") with { Calls = Views.Calls };
        var after = await client.GetStringAsync("/metrics", Token);

        Assert.Contains("culvert_proxy_calls{application=\"127.0.0.1\",provider=\"openai\",outcome=\"relayed\"} 7\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_proxy_bytes{application=\"127.0.0.1\",provider=\"openai\",direction=\"down\"} 2000000\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_carries 1\n", before, StringComparison.Ordinal);
        Assert.Contains("culvert_carries 0\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_role_healthy{role=\"proxy\"} 0\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_role_healthy{role=\"hold\"} 1\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_tunnel_state{state=\"connected\"} 0\n", after, StringComparison.Ordinal);
        Assert.Contains("culvert_tunnel_state{state=\"reconnecting\"} 1\n", after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", "rebound.example", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/", "localhost:8090", HttpStatusCode.OK)]
    [InlineData("POST", "/", "localhost", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/../etc/passwd", "localhost", HttpStatusCode.NotFound)]
    public async Task Only_what_it_serves_is_answered(string method, string path, string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Host = host } };
        using var answer = await client.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        client.Dispose();
        stop.Dispose();
    }
}
