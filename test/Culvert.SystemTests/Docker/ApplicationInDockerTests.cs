using System.Text.Json;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>Cases of the conformance suite about applications and names, on the real engine, with Docker's own resolver in the way.</summary>
[Collection(DockerCollection.Name)]
public sealed class ApplicationInDockerTests(DockerStack stack)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_26_a_question_to_dockers_resolver_in_dev_is_answered_inside_and_nobody_outside_hears_it()
    {
        await stack.UpAsync();
        var resolver = await stack.ExecAsync("dev", "cat", "/etc/resolv.conf");
        Assert.Contains("nameserver 127.0.0.11", resolver.Output, StringComparison.Ordinal);
        var (asked, control) = ($"n{Guid.NewGuid():n}.example", $"n{Guid.NewGuid():n}.example");
        var known = await stack.ExecAsync("dev", "getent", "ahostsv4", "api.anthropic.com");
        Assert.StartsWith("198.51.100.30", known.Output, StringComparison.Ordinal);
        await stack.ExecAsync("dev", "getent", "ahostsv4", asked);
        // The control asks the same resolver from the ordinary network.
        await stack.ExecAsync("app1", "getent", "ahostsv4", control);
        await DockerStack.WaitForAsync("the ISP's resolver hears the application", () => Task.FromResult(Heard(control)));
        Assert.False(Heard(asked));
    }

    [Fact]
    public async Task Fault_27_with_a_host_resolver_on_loopback_it_hears_neither_dev_nor_an_application_on_vpn_net_alone()
    {
        await stack.UpAsync();
        const string Loopback = "127.0.0.53";
        var before = await stack.Lab.Host.RequireAsync("cat", ["/etc/resolv.conf"], Token);
        await using var resolver = await stack.Lab.Host.StartAsync(
            RepositoryFiles.Python, ["-B", RepositoryFiles.Probe("loopback_resolver.py"), Loopback, $"{LabAddresses.IspResolver}"], LabCommandOptions.None, Token);
        await resolver.WaitForLineAsync(line => line == "listening", TimeSpan.FromSeconds(10), Token);
        stack.Lab.Host.WriteFile("/etc/resolv.conf", $"nameserver {Loopback}\n");
        try
        {
            // The engine reads the host's file when a container begins: dev's owner, and the application, which `culvert restart` leaves alone.
            Assert.True((await stack.CulvertAsync("restart")).Succeeded);
            await stack.DockerAsync("restart", "--time", "1", "app1");
            await stack.WaitForDevAsync();
            async Task<bool> HeardFromAsync(string container)
            {
                var name = $"n{Guid.NewGuid():n}.example";
                await stack.ExecAsync(container, "getent", "ahostsv4", name);
                return resolver.Output.Contains(name, StringComparison.Ordinal);
            }

            await StartOnVpnNetAsync("careful", "--dns", "127.0.0.1");
            await StartOnVpnNetAsync("careless");
            Assert.False(await HeardFromAsync("dev"), "the host's resolver heard dev");
            Assert.False(await HeardFromAsync("careful"), "the host's resolver heard an application with `dns: [127.0.0.1]`");
            // That is no loss: it finds the proxy by its name, and the proxy resolves.
            Assert.Equal(DockerStack.ExitAddress, await stack.SeenAtAsync("careful", "--proxy", "socks5h://vpn:1080"));
            // The controls: the same resolver hears an application on an ordinary network, and, for this engine asks from the host's network, one that was not told.
            Assert.True(await HeardFromAsync("app1"), "an application on an ordinary network is heard, or this proves nothing");
            Assert.True(await HeardFromAsync("careless"), "careless");
        }
        finally
        {
            stack.Lab.Host.WriteFile("/etc/resolv.conf", before);
            await stack.Engine.DockerAsync(["rm", "--force", "careful", "careless"], Token);
            await stack.CulvertAsync("down");
        }
    }

    [Fact]
    public async Task Fault_34_an_application_on_vpn_net_alone_reaches_the_provider_by_the_proxy_and_nothing_past_it()
    {
        await stack.UpAsync();
        var before = await stack.CountAsync();
        var past = await CallAsync("vpn-net", "--noproxy", "*", "--resolve", $"api.ipify.org:443:{LabAddresses.Providers[3].Address}");
        Assert.False(past.Succeeded, past.Output);
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
        var through = await CallAsync("vpn-net", "--proxy", "socks5h://vpn:1080");
        Assert.True(through.Output.Trim() == DockerStack.ExitAddress, through.Describe());
        // The control: the same call on an ordinary network leaves by it, and is counted.
        var ordinary = await CallAsync("culvert_default", "--noproxy", "*", "--resolve", $"api.ipify.org:443:{LabAddresses.Providers[3].Address}");
        Assert.True(ordinary.Output.Trim() == $"{LabAddresses.Host}", ordinary.Describe());
        Assert.NotEqual(0, (await stack.CountAsync()).Since(before).Leaked);
    }

    [Fact]
    public async Task What_the_proxy_counted_is_told_by_status_and_a_reload_by_its_control_socket()
    {
        await stack.UpAsync();
        var through = await CallAsync("vpn-net", "--proxy", "http://vpn:1090");
        Assert.True(through.Succeeded, through.Describe());
        var status = await stack.CulvertAsync("status", "--json");
        using var json = JsonDocument.Parse(status.Output);
        var line = json.RootElement.GetProperty("calls").GetProperty("lines").EnumerateArray()
            .First(line => line.GetProperty("outcome").GetString() == "relayed" && line.GetProperty("application").GetString()!.StartsWith("172.30.98.", StringComparison.Ordinal));
        Assert.True(line.GetProperty("bytes_down").GetInt64() > 0, status.Output);
        var reload = await stack.ExecAsync("vpn-proxy", "culvert", "control", "reload", "--run", "/run/culvert");
        Assert.True(reload.Succeeded, reload.Describe());

        // Another user of the container may not ask.
        Assert.False((await stack.Engine.DockerAsync(["exec", "--user", "1000", "vpn-proxy", "culvert", "control", "calls", "--run", "/run/culvert"], Token)).Succeeded);
    }

    private Task<string> StartOnVpnNetAsync(string name, params string[] options) => stack.DockerAsync(
        [
            "run", "--detach", "--name", name, "--network", "vpn-net", "--volume", "/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro", .. options,
            "--entrypoint", "sleep", "culvert-dev", "600",
        ]);

    private bool Heard(string name) => stack.Lab.Eavesdropper.Heard.Any(query => query.Name == name);

    private Task<LabCommandResult> CallAsync(string network, params IReadOnlyList<string> options) => stack.Engine.DockerAsync(
        [
            "run", "--rm", "--network", network, "--volume", "/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro",
            "--entrypoint", "curl", "culvert-dev", "--silent", "--show-error", "--max-time", "5", .. options, "https://api.ipify.org",
        ],
        Token);
}
