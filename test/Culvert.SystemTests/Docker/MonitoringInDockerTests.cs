using System.Globalization;
using System.Text.Json;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>What a person and Prometheus see of the stack, through the ports that its owner publishes on the host's loopback.</summary>
[Collection(DockerCollection.Name)]
public sealed class MonitoringInDockerTests(DockerStack stack)
{
    private const string Page = "http://127.0.0.1:8090";
    private const string Prometheus = "http://127.0.0.1:9090";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_and_prometheus_follow_the_tunnel()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        await DockerStack.WaitForAsync("the page says that calls leave", async () => (await PageAsync()).Contains("<h1>LLM calls leave through", StringComparison.Ordinal));
        await DockerStack.WaitForAsync("Prometheus has read that calls leave", async () => await ValueAsync("culvert_carries") == 1);
        Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("dev", "--proxy", "http://127.0.0.1:1090"));
        await DockerStack.WaitForAsync("the page shows dev's call", async () => (await PageAsync()).Contains("<td>dev</td><td>other</td><td>relayed</td>", StringComparison.Ordinal));
        await DockerStack.WaitForAsync("Prometheus has read dev's call", async () => await ValueAsync("culvert_proxy_calls{application=\"127.0.0.1\",outcome=\"relayed\"}") >= 1);
        await ScreenshotAsync("carries");
        await stack.DockerAsync("stop", "--time", "1", "vpn-tunnel");
        try
        {
            await DockerStack.WaitForAsync("the page says that no call leaves", async () => (await PageAsync()).Contains("<h1>No LLM call leaves", StringComparison.Ordinal));
            await DockerStack.WaitForAsync("Prometheus has read that no call leaves", async () => await ValueAsync("culvert_carries") == 0);
            await DockerStack.WaitForAsync("an alert is pending", async () => await ValueAsync("ALERTS{alertname=\"CulvertPartIsAway\",role=\"tunnel\"}") == 1);
            await ScreenshotAsync("closed");
        }
        finally
        {
            await stack.DockerAsync("start", "vpn-tunnel");
        }

        await DockerStack.WaitForAsync("Prometheus has read that calls leave again", async () => await ValueAsync("culvert_carries") == 1);
    }

    [Fact]
    public async Task The_page_is_neither_for_applications_nor_for_a_site_in_the_browser()
    {
        await stack.UpAsync();
        var vpnNet = (await stack.InspectAsync("vpn")).GetProperty("NetworkSettings").GetProperty("Networks").GetProperty("vpn-net").GetProperty("IPAddress").GetString()!;
        // A refusal and a deadline are no answer; 1090 answers the same question, which is the control.
        Assert.Equal("no answer", await FromAppAsync(vpnNet, 8090));
        Assert.Equal("no answer", await FromAppAsync(vpnNet, 9090));
        Assert.Equal("answer", await FromAppAsync(vpnNet, 1090));
        Assert.Equal("400", await StatusAsync("--header", "Host: rebound.example", Page));
        Assert.Equal("200", await StatusAsync(Page));
    }

    private async Task<string> FromAppAsync(string address, int port)
    {
        var script = $"import socket\ntry:\n socket.create_connection(('{address}', {port}), 2).close(); print('answer')\nexcept OSError: print('no answer')";
        return (await stack.ExecAsync("app1", "python3", "-c", script)).Output.Trim();
    }

    private async Task<string> StatusAsync(params IReadOnlyList<string> arguments) =>
        await stack.Lab.Host.RequireAsync("curl", ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", .. arguments], Token);

    private async Task<string> PageAsync() => (await stack.Lab.Host.RunAsync("curl", ["--silent", "--max-time", "5", Page], Token)).Output;

    private async Task<double?> ValueAsync(string query)
    {
        var asked = await stack.Lab.Host.RunAsync("curl", ["--silent", "--max-time", "5", "--get", "--data-urlencode", $"query={query}", $"{Prometheus}/api/v1/query"], Token);
        if (!asked.Succeeded)
        {
            return null;
        }

        using var json = JsonDocument.Parse(asked.Output);
        var results = json.RootElement.GetProperty("data").GetProperty("result");
        return results.GetArrayLength() > 0 ? double.Parse(results[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>For a person to look at.</summary>
    private Task<string> ScreenshotAsync(string name) => stack.Lab.Host.RequireAsync(
        "chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--user-data-dir=/run/browser-status", "--window-size=900,1000", $"--screenshot={Path.Combine(RepositoryFiles.Screenshots, $"status-{name}.png")}", Page,
        ],
        Token);
}
