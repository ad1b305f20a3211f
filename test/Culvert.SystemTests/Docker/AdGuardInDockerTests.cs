namespace Culvert.SystemTests.Docker;

/// <summary>The AdGuard driver on the real engine, with the double of its client in an image made from the roles' own.</summary>
[Collection(DockerCollection.Name)]
public sealed class AdGuardInDockerTests(DockerStack stack) : IAsyncLifetime
{
    private readonly DockerDrivers drivers = new(stack);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The stack is that of the other tests again.</summary>
    public ValueTask DisposeAsync() => drivers.DisposeAsync();

    [Fact]
    public async Task Up_tells_to_log_in_and_after_it_all_of_verify_holds_and_a_kill_leaks_nothing()
    {
        await stack.UpAsync();
        await drivers.PrepareAsync();
        drivers.Use("adguard", 1);
        var up = await stack.CulvertAsync("up", "--timeout", "8");
        Assert.Equal(1, up.ExitCode);
        await DockerStack.WaitForAsync("status says what to do", async () =>
            (await stack.CulvertAsync("status")).Output.Contains("AdGuard VPN is not logged in: run `culvert login`", StringComparison.Ordinal));
        var login = await stack.CulvertAsync("login", "--json");
        Assert.True(login.Succeeded, login.Describe());
        Assert.Contains("\"link\":\"https://auth.adguard.io/", login.Output, StringComparison.Ordinal);
        Assert.Contains("\"logged_in\":true", login.Output, StringComparison.Ordinal);
        up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await stack.WaitForDevAsync();
        var verify = await stack.CulvertAsync("verify");
        Assert.True(verify.Succeeded, $"{verify.Describe()}\n{verify.Output}");

        var seenBefore = await stack.CountAsync();
        await using (var load = await stack.StartLoadAsync("dev", await stack.UplinkAsync()))
        {
            var client = Assert.Single(await stack.PidsAsync("vpn-tunnel", "openvpn"));
            await stack.KillAsync(client);
            await DockerStack.WaitForAsync("another client carries", async () =>
                (await stack.PidsAsync("vpn-tunnel", "openvpn")).Any(pid => pid != client) && await stack.SeenAtAsync("dev") == DockerStack.ExitAddress);
            Assert.True((await load.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(seenBefore);
        Assert.True(seen.Leaked == 0, $"{seen}");

        // The login outlives the container, and everything else of the stack.
        await stack.DockerAsync("rm", "--force", "vpn-tunnel");
        up = await stack.CulvertAsync("up");
        Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
        await stack.WaitForDevAsync();
    }
}
