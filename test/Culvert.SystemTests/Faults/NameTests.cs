using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>Cases of the conformance suite about names: they are resolved inside or not at all.</summary>
public sealed class NameTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_28_dns_to_the_lan_the_gateway_and_public_resolvers_is_blocked()
    {
        await using var stack = await RunningStack.StartAsync();
        var before = await stack.CountAsync();
        var heard = stack.Lab.Eavesdropper.Heard.Count;
        string[] servers = [$"{LabAddresses.IspResolver}", RunningStack.UplinkGateway, "172.30.97.3", "8.8.8.8", "1.1.1.1"];
        foreach (var server in servers)
        {
            foreach (var transport in new[] { "+notcp", "+tcp" })
            {
                var asked = await stack.AsDevAsync("dig", "+tries=1", "+time=1", transport, $"@{server}", "api.openai.com");
                Assert.False(asked.Succeeded, $"{server} {transport}: {asked.Output}");
            }
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        Assert.Equal(heard, stack.Lab.Eavesdropper.Heard.Count);

        await stack.UnguardAsync();
        await stack.AsDevAsync("dig", "+tries=1", "+time=2", "@8.8.8.8", "api.openai.com");
        Assert.Contains(stack.Lab.Eavesdropper.Heard, query => query is { Name: "api.openai.com", To: "8.8.8.8" });
    }

    [Fact]
    public async Task Fault_29_with_the_upstream_down_a_name_is_servfail_and_nobody_else_is_asked()
    {
        await using var stack = await RunningStack.StartAsync();
        var heard = stack.Lab.Eavesdropper.Heard.Count;
        await stack.Lab.Dot.StopAsync();
        var before = await stack.CountAsync();
        var asked = await stack.AsDevAsync("dig", "+tries=1", "+time=6", "api.anthropic.com");
        Assert.Contains("status: SERVFAIL", asked.Output, StringComparison.Ordinal);
        var call = await stack.AsDevAsync("curl", "-sS", "--proxy", "http://127.0.0.1:1090", "https://api.anthropic.com/v1/models");
        Assert.False(call.Succeeded, call.Output);
        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0, $"{seen}");
        Assert.Equal(heard, stack.Lab.Eavesdropper.Heard.Count);

        // The name is found again when its server is, and that server is the one that was asked.
        await stack.Lab.Dot.StartAsync(Token);
        await RunningStack.WaitForAsync("the name resolves again", async () =>
            (await stack.AsDevAsync("dig", "+short", "+tries=1", "+time=6", "api.anthropic.com")).Output.Trim() == "198.51.100.30");
        Assert.Contains(stack.Lab.Dot.Queries, query => query.Contains("api.anthropic.com.", StringComparison.Ordinal));
        Assert.Equal(heard, stack.Lab.Eavesdropper.Heard.Count);
    }

    [Fact]
    public async Task Fault_30_the_vpn_servers_name_is_not_resolved_in_clear()
    {
        await using var stack = await RunningStack.PrepareAsync();
        var profile = stack.Lab.Exit1.Profile().Replace($"remote {stack.Lab.Exit1.Address}", "remote exit1.lab.example", StringComparison.Ordinal);
        stack.Lab.Host.WriteFile($"{StackInput.Folder}/exit1.ovpn", profile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var up = await stack.Culvert.UpAsync(Token, "--timeout", "5");
        Assert.Equal(2, up.ExitCode);
        Assert.Contains("in clear", up.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(stack.Lab.Eavesdropper.Heard, query => query.Name.Contains("exit1", StringComparison.Ordinal));

        // The control: an ordinary client asks in clear, and that is heard.
        await using var client = await stack.Lab.Host.StartAsync("openvpn", ["--config", $"{StackInput.Folder}/exit1.ovpn"], new(), Token);
        await RunningStack.WaitForAsync("the eavesdropper hears an ordinary client resolve its server", () =>
            Task.FromResult(stack.Lab.Eavesdropper.Heard.Any(query => query.Name.Contains("exit1", StringComparison.Ordinal))));
    }
}
