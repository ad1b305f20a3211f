using System.Text.RegularExpressions;

namespace Culvert.SystemTests.Docker;

/// <summary><c>proxy.engine: dante+tinyproxy</c> with the same compose.yaml and image.</summary>
[Collection(DockerCollection.Name)]
public sealed partial class EngineInDockerTests(DockerStack stack, ITestOutputHelper output)
{
    private static readonly string[] Programs = ["danted", "tinyproxy"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_37_the_pair_serves_dev_and_applications_without_a_capability_and_verify_holds()
    {
        await stack.UpAsync();
        var path = $"{DockerStack.Folder}/culvert.yaml";
        var before = await File.ReadAllTextAsync(stack.Lab.Host.PathOf(path), Token);
        Assert.Matches(Engine(), before);
        stack.Lab.Host.WriteFile(path, Engine().Replace(before, "  engine: dante+tinyproxy"));
        try
        {
            var up = await stack.CulvertAsync("up");
            Assert.True(up.Succeeded, $"{up.Describe()}\n{up.Output}");
            await stack.WaitForDevAsync();
            foreach (var proxy in new[] { "http://127.0.0.1:1090", "socks5h://127.0.0.1:1080" })
            {
                await DockerStack.WaitForAsync($"dev calls by {proxy}", async () => await stack.SeenAtAsync("dev", "--proxy", proxy) == DockerStack.ExitAddress);
            }

            foreach (var proxy in new[] { "http://vpn:1090", "socks5h://vpn:1080" })
            {
                var call = await stack.Engine.DockerAsync(
                    [
                        "run", "--rm", "--network", "vpn-net", "--volume", "/etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro",
                        "--entrypoint", "curl", "culvert-dev", "--silent", "--show-error", "--max-time", "5", "--proxy", proxy, "https://api.ipify.org",
                    ],
                    Token);
                Assert.True(call.Output.Trim() == DockerStack.ExitAddress, call.Describe());
            }

            foreach (var program in Programs)
            {
                var pids = (await stack.Lab.Host.RequireAsync("pgrep", ["-x", program], Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.NotEmpty(pids);
                foreach (var pid in pids)
                {
                    var status = await stack.StatusOfAsync(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));
                    Assert.Contains("Uid:\t1090\t1090\t1090\t1090", status, StringComparison.Ordinal);
                    Assert.Contains("CapPrm:\t0000000000000000", status, StringComparison.Ordinal);
                    Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
                }
            }

            // The role is the container's first process: it inherits what a killed mother leaves behind.
            var danted = (await stack.Lab.Host.RequireAsync("pgrep", ["-x", "danted"], Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await stack.Lab.Host.RequireAsync("kill", ["-9", danted[0]], Token);
            await DockerStack.WaitForAsync("dev calls by another Dante", async () =>
                !(await stack.Lab.Host.RunAsync("pgrep", ["-x", "danted"], Token)).Output.Split('\n').Contains(danted[0])
                && await stack.SeenAtAsync("dev", "--proxy", "socks5h://127.0.0.1:1080") == DockerStack.ExitAddress);
            var states = (await stack.Engine.DockerAsync(["top", "vpn-proxy", "-eo", "pid,stat,comm"], Token)).Output;
            output.WriteLine(states);
            Assert.DoesNotContain(" Z", states, StringComparison.Ordinal);

            Assert.True((await stack.InspectAsync("vpn-proxy")).GetProperty("HostConfig").GetProperty("ReadonlyRootfs").GetBoolean());
            var verify = await stack.CulvertAsync("verify");
            Assert.True(verify.Succeeded, $"{verify.Describe()}\n{verify.Output}");
        }
        finally
        {
            stack.Lab.Host.WriteFile(path, before);
            await stack.CulvertAsync("up");
        }
    }

    [GeneratedRegex("(?m)^ *# ?engine: .*$")]
    private static partial Regex Engine();
}
