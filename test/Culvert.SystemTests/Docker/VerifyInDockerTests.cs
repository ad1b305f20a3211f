using System.Text.Json;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary><c>culvert verify</c> on a stack under Compose: it holds when all is well, and names what is wrong when it is not.</summary>
[Collection(DockerCollection.Name)]
public sealed class VerifyInDockerTests(DockerStack stack)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What is done to the host or to vpn's namespace, what takes it back, and the check that has to break.</summary>
    public static TheoryData<string, string, string> Damages => new()
    {
        { "guard", "nsenter --net=/proc/$VPN/ns/net ip rule add fwmark 7 lookup main", "nsenter --net=/proc/$VPN/ns/net ip rule del fwmark 7" },
        { "host-unchanged", "ip route add unreachable 192.0.2.200", "ip route del unreachable 192.0.2.200" },
        { "host-unchanged", "nft add table inet stray", "nft delete table inet stray" },
        { "privileges", "nohup nsenter --net=/proc/$VPN/ns/net sleep 77 >/dev/null 2>&1 & echo $! >/run/stray", "kill $(cat /run/stray)" },
        { "host-ports", "docker run --detach --name stray --publish 1090:8080 --entrypoint sleep culvert-dev 77", "docker rm --force stray" },
    };

    [Fact]
    public async Task A_healthy_stack_holds_in_every_check_with_its_control_proven()
    {
        await WholeAsync();
        var verify = await stack.CulvertAsync("verify", "--json");
        Assert.True(verify.Succeeded, $"{verify.Describe()}\n{verify.Output}");
        using var report = JsonDocument.Parse(verify.Output);
        var evidence = report.RootElement.GetProperty("evidence").EnumerateArray().ToList();
        Assert.Equal(12, evidence.Count);
        Assert.All(evidence, one => Assert.Equal("Holds", one.GetProperty("verdict").ToString(), ignoreCase: true));
        string[] withControl = ["exit-address", "dns", "ipv6", "only-carrier", "guard", "host-unchanged", "secrets-in-logs", "privileges", "host-ports", "applications", "workspace-credentials"];
        Assert.All(withControl, id => Assert.True(
            evidence.Single(one => one.GetProperty("check").GetString() == id).GetProperty("control").GetProperty("proven").GetBoolean(), id));
        Assert.Contains($"all 5 ways show {DockerStack.ExitAddress}", verify.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damage_breaks_its_check(string check, string damage, string remedy)
    {
        await WholeAsync();
        var vpn = await stack.PidAsync("vpn");
        Task<LabCommandResult> OnHostAsync(string line) => stack.Lab.Host.RunAsync(
            "sh", ["-c", line], new LabCommandOptions { Environment = new Dictionary<string, string>(DockerEngine.Surroundings) { ["VPN"] = $"{vpn}" } }, StartDeadline, Token);
        await HoldsAsync(check);
        var done = await OnHostAsync(damage);
        Assert.True(done.Succeeded, done.Describe());
        try
        {
            await BreaksAsync(check);
        }
        finally
        {
            await OnHostAsync(remedy);
        }
    }

    [Fact]
    public async Task A_rule_that_somebody_puts_into_the_namespace_breaks_the_guard()
    {
        await WholeAsync();
        await HoldsAsync("guard");
        var rules = await stack.RulesAsync();
        await stack.AsRootInsideAsync("nft", "insert rule inet culvert output tcp dport 7 accept");
        try
        {
            Assert.Contains("chain output", (await BreaksAsync("guard")).Output, StringComparison.Ordinal);
        }
        finally
        {
            stack.Lab.Host.WriteFile("/run/rules.nft", $"delete table inet culvert\n{rules}");
            await stack.AsRootInsideAsync("nft", "-f", "/run/rules.nft");
        }

        await HoldsAsync("guard");
    }

    [Fact]
    public async Task With_the_exits_stopped_neither_the_tunnel_nor_the_way_out_holds()
    {
        await WholeAsync();
        await stack.Lab.Exit1.StopAsync();
        await stack.Lab.Exit2.StopAsync();
        try
        {
            await BreaksAsync("tunnel");
            await BreaksAsync("exit-address");
        }
        finally
        {
            await stack.Lab.Exit1.StartAsync(ExitOptions.Default, Token);
            await stack.WaitForDevAsync();
            await stack.Lab.Exit2.StartAsync(ExitOptions.Default, Token);
        }

        await HoldsAsync("tunnel");
    }

    [Fact]
    public async Task A_secret_in_a_parts_log_is_found()
    {
        await WholeAsync();
        await HoldsAsync("secrets-in-logs");
        var (app, proxy) = (await stack.PidAsync("app1"), await stack.PidAsync("vpn-proxy"));
        // A proxy that logged what passes would write this to its stdout: the application's bytes as they come in.
        var tap = $"nsenter --net=/proc/{app}/ns/net tcpdump --immediate-mode -i any -n -l -A tcp port 1090 >/proc/{proxy}/fd/1";
        await using (var running = await stack.Lab.Host.StartAsync("sh", ["-c", tap], LabCommandOptions.None, Token))
        {
            await running.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), StartDeadline, Token);
            Assert.Contains("docker logs vpn-proxy", (await BreaksAsync("secrets-in-logs")).Output, StringComparison.Ordinal);
        }

        await HoldsAsync("secrets-in-logs");
    }

    [Fact]
    public async Task Fault_34_an_application_that_calls_past_the_proxy_is_named_with_the_provider_and_the_interface()
    {
        await WholeAsync();
        await HoldsAsync("applications");
        const string Ask = "import time\nfrom app1 import llm\nwhile True:\n  try: llm.ask('hi')\n  except OSError: pass\n  llm._session.close()\n  time.sleep(0.5)";
        Task<LabProcess> RunAsync(params IReadOnlyList<string> line) => stack.Lab.Host.StartAsync("docker", line, new LabCommandOptions { Environment = DockerEngine.Surroundings }, Token);
        // app1's own module as it is: it calls by the proxy, and nothing is said.
        await using (await RunAsync("exec", "app1", "python3", "-c", Ask))
        {
            await CalledAsync($"{stack.Lab.Exit1.Address}");
            await HoldsAsync("applications");
        }

        await using (await RunAsync("exec", "--env", "LLM_PROXY=", "app1", "timeout", "20", "python3", "-c", Ask))
        {
            await CalledAsync($"{LabAddresses.Host}");
            var told = await BreaksAsync("applications");
            Assert.Matches(@"app1: TLS to api\.openai\.com by eth\d, 198\.51\.100\.10:443, \d+ packet", told.Output + told.Error);
            Assert.Contains("app1: a DNS question for api.openai.com by", told.Output, StringComparison.Ordinal);
            // Names, and nothing of what was said.
            var json = await stack.CulvertAsync("verify", "--check", "applications", "--json");
            Assert.DoesNotContain("sk-lab-app1", json.Output, StringComparison.Ordinal);
        }

        // On vpn-net alone it is blocked, and that it tried is told all the same.
        await using (await RunAsync(
            "run", "--rm", "--name", "closed", "--network", "vpn-net", "--entrypoint", "timeout", "culvert-dev", "20",
            "sh", "-c", "while :; do curl --silent --max-time 1 --noproxy '*' https://openrouter.ai; sleep 0.5; done"))
        {
            await DockerStack.WaitForAsync("the container runs", async () => (await stack.Engine.DockerAsync(["top", "closed"], Token)).Succeeded);
            Assert.Contains("closed: a DNS question for openrouter.ai by lo", (await BreaksAsync("applications")).Output, StringComparison.Ordinal);
        }

        await DockerStack.WaitForAsync("all of them have ended", async () => !(await stack.Engine.DockerAsync(["top", "closed"], Token)).Succeeded
            && (await stack.PidsAsync("app1", "timeout")).Count == 0);
    }

    [Fact]
    public async Task A_login_that_a_tool_puts_into_the_workspace_is_named_and_not_shown()
    {
        await WholeAsync();
        await HoldsAsync("workspace-credentials");
        var canary = $"sk-canary-{Guid.NewGuid():n}";
        await stack.WriteInDevAsync("/workspace/backup/auth.json", $$$"""{"openai":{"type":"api","key":"{{{canary}}}"}}""");
        try
        {
            var verify = await BreaksAsync("workspace-credentials");
            Assert.Contains("'/workspace/backup/auth.json' is a login of Kilo", verify.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(canary, verify.Output + verify.Error, StringComparison.Ordinal);
        }
        finally
        {
            await stack.ExecAsync("dev", "rm", "-r", "/workspace/backup");
        }

        await HoldsAsync("workspace-credentials");
    }

    [Fact]
    public async Task Without_an_application_the_rest_is_checked_and_the_report_says_so()
    {
        await WholeAsync();
        await stack.DockerAsync("stop", "app1");
        var verify = await HoldsAsync("exit-address", "--check", "host-ports", "--check", "secrets-in-logs", "--json");
        Assert.Contains("all 3 ways show", verify.Output, StringComparison.Ordinal);
        Assert.Contains("none runs on vpn-net", verify.Output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1080 and 127.0.0.1:1090", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_that_is_down_is_said_to_be_down()
    {
        await stack.UpAsync();
        await stack.CulvertAsync("down");
        var verify = await stack.CulvertAsync("verify");
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("is not up; start it with `culvert up`", verify.Error, StringComparison.Ordinal);
    }

    /// <summary>Until a call of app1 has come to the provider from this address.</summary>
    private async Task CalledAsync(string peer)
    {
        var before = stack.Lab.Providers.Calls.Count;
        await DockerStack.WaitForAsync($"app1's call comes from {peer}", () => Task.FromResult(stack.Lab.Providers.Calls.Skip(before).Any(call => call.Peer == peer && call.Host == "api.openai.com")));
    }

    private async Task WholeAsync()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
    }

    private async Task<LabCommandResult> HoldsAsync(string check, params string[] more)
    {
        var verify = await stack.CulvertAsync(["verify", "--check", check, .. more]);
        Assert.True(verify.Succeeded, $"{verify.Describe()}\n{verify.Output}");
        return verify;
    }

    private async Task<LabCommandResult> BreaksAsync(string check)
    {
        var verify = await stack.CulvertAsync("verify", "--check", check);
        Assert.True(verify.ExitCode == 1 && verify.Output.Contains("✗ broken", StringComparison.Ordinal), $"{verify.Describe()}\n{verify.Output}");
        return verify;
    }
}
