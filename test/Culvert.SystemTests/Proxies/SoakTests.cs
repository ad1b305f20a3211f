using System.Globalization;
using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>
/// Tunnels through both proxies that open, stream, stall and die at random, every byte checked. It takes as long as it is told and is run by
/// name: <c>SOAK_SECONDS=1800 SOAK_TUNNELS=2000 Culvert.SystemTests -explicit only -class "*SoakTests" -showLiveOutput</c>.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const string Origin = "198.51.100.60";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task No_byte_is_wrong_and_memory_and_descriptors_stay_flat()
    {
        var (seconds, tunnels, seed) = (Number("SOAK_SECONDS", 60), Number("SOAK_TUNNELS", 500), Random.Shared.Next());
        await using var stack = await RunningStack.StartAsync();
        var providers = stack.Lab.Sandbox.Namespace("providers");
        await providers.RequireAsync("ip", ["address", "add", $"{Origin}/24", "dev", "eth0"], Token);
        await using var origin = await providers.StartAsync(
            RepositoryFiles.Python, ["-B", RepositoryFiles.Probe("soak_origin.py"), Origin, "80"], LabCommandOptions.None, Token);
        await origin.WaitForLineAsync(line => line == "serving", TimeSpan.FromSeconds(10), Token);

        // Some machines have BBR; docs/adr/0007-uploads-and-tun0.md compares the two. A namespace may always have reno.
        await stack.AsRootInsideAsync("sysctl", "-qw", "net.ipv4.tcp_congestion_control=reno");
        var proxy = Assert.Single(Victim.Proxy.In(stack.Lab.Host)).Pid;

        // The socket that asks for the flags of tun0 is opened once, when they are first of interest.
        var atRest = Descriptors(proxy, "socket") + 1;

        var client = stack.Culvert.RunAsync(
            ["sh", "-c", $"ulimit -n 16384; exec {RepositoryFiles.Python} -B {RepositoryFiles.Probe("soak_client.py")} {Origin} 80 --tunnels {tunnels} --seconds {seconds} --seed {seed}"],
            app: false, TimeSpan.FromSeconds(seconds) + Grace, Token);
        var memory = new List<long>();
        var started = TimeProvider.System.GetTimestamp();
        while (!client.IsCompleted)
        {
            await Task.WhenAny(client, Task.Delay(BetweenSamples, Token));
            var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            var resident = ResidentKilobytes(proxy);
            output.WriteLine($"{elapsed:0} s: {resident} kB, {Descriptors(proxy, "socket")} sockets, {Descriptors(proxy, "pipe")} pipes");
            if (elapsed <= seconds)
            {
                memory.Add(resident);
            }
        }

        var result = await client;
        output.WriteLine($"seed {seed}, {tunnels} tunnels, {seconds} s: {result.Output.Trim()} {result.Error.Trim()}");
        Assert.True(result.Succeeded, result.Describe());
        using var counts = JsonDocument.Parse(result.Output);
        int Count(string kind) => counts.RootElement.TryGetProperty(kind, out var value) ? value.GetInt32() : 0;
        Assert.True(Count("whole") > tunnels && Count("wrong") == 0 && Count("short") == 0, result.Output);
        await AssertExplainedAsync(stack, providers, counts.RootElement);
        // The first third is warming up; after it the peak of the later half is that of the earlier one.
        var warm = memory[(memory.Count / 3)..];
        Assert.True(warm[(warm.Count / 2)..].Max() < 1.15 * warm[..((warm.Count + 1) / 2)].Max(), $"memory grows: {string.Join(' ', memory)}");
        // A few pipes stay for the next bulk; sockets are what a tunnel holds.
        await RunningStack.WaitForAsync("the proxy gives its sockets back", () => Task.FromResult(Descriptors(proxy, "socket") <= atRest));
        Assert.InRange(Descriptors(proxy, "pipe"), 0, 64);
        output.WriteLine($"at rest again: {ResidentKilobytes(proxy)} kB");
    }

    // tun0 drops what its queue does not hold. A dial whose SYN is lost for 10 s is answered so, and a stream of which nothing is acknowledged for 120 s is
    // reset (TCP_USER_TIMEOUT; the origin's kernel gives up, too, after tcp_orphan_retries): the kernels count those. Nothing else may fail, and the exit must not be left.
    private async Task AssertExplainedAsync(RunningStack stack, LabPlace providers, JsonElement counts)
    {
        var kinds = counts.EnumerateObject().ToDictionary(kind => kind.Name, kind => kind.Value.GetInt32());
        int Sum(Func<string, bool> isSo) => kinds.Where(kind => isSo(kind.Key)).Sum(kind => kind.Value);
        var resets = Sum(kind => kind.Contains("ConnectionResetError", StringComparison.Ordinal));
        var dials = Sum(kind => kind.Contains("SOCKS reply 6", StringComparison.Ordinal) || kind.Contains("HTTP/1.1 504", StringComparison.Ordinal));
        var all = Sum(_ => true);
        Assert.Equal(all, resets + dials + Sum(kind => kind is "whole" or "left"));
        string[] read = ["nstat", "-asz", "TcpExtTCPAbortOnTimeout"];
        var starved = GivenUp(await stack.AsRootInsideAsync(read)) + GivenUp(await providers.RequireAsync(read[0], read[1..], Token));
        output.WriteLine($"{resets} reset, {starved} given up by the kernel after 120 s, {dials} dials given up after 10 s, of {all}");
        Assert.InRange(resets, 0, starved);
        Assert.InRange(dials, 0, all / 100);
        var log = await File.ReadAllLinesAsync(stack.Lab.Host.PathOf("/run/culvert/culvert/logs/tunnel.log"), Token);
        Assert.Single(log, line => line.StartsWith("tunnel: connected:", StringComparison.Ordinal));
    }

    private static int GivenUp(string counters) => int.Parse(
        counters.Split('\n').Single(line => line.StartsWith("Tcp", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static int Descriptors(int pid, string kind) => Directory.GetFileSystemEntries($"/proc/{pid}/fd")
        .Count(descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith($"{kind}:", StringComparison.Ordinal) ?? false);

    private static long ResidentKilobytes(int pid) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
