using System.Globalization;
using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Proxies;

/// <summary>A stack with one of the two engines, and a server behind the proxies that tells what reaches it.</summary>
internal sealed class EngineStack : IAsyncDisposable
{
    public const string Culvert = "culvert";
    public const string Pair = "dante+tinyproxy";
    public const string Origin = "origin.lab.example";

    private const string OriginAddress = "198.51.100.60";
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(60);

    private readonly LabProcess origin;

    private EngineStack(string engine, RunningStack stack, LabProcess origin)
    {
        this.origin = origin;
        (Engine, Stack) = (engine, stack);
    }

    public string Engine { get; }

    public bool IsPair => Engine == Pair;

    public RunningStack Stack { get; }

    public LabMachine Host => Stack.Lab.Host;

    /// <summary>All that has reached the server behind the proxies, and what it sent, a JSON line each.</summary>
    public string Arrived => origin.Output;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Yaml(string engine, string more = "") => $"{StackInput.Yaml}proxy:\n  engine: {engine}\n{more}";

    public static async Task<EngineStack> StartAsync(string engine)
    {
        var stack = await RunningStack.PrepareAsync();
        try
        {
            var providers = stack.Lab.Sandbox.Namespace("providers");
            await providers.RequireAsync("ip", ["address", "add", $"{OriginAddress}/24", "dev", "eth0"], Token);
            var origin = await providers.StartAsync(
                RepositoryFiles.Python, ["-B", RepositoryFiles.Probe("proxy_origin.py"), OriginAddress, "80", "443", "22", "8081"], LabCommandOptions.None, Token);
            await origin.WaitForLineAsync(line => line == "serving", TimeSpan.FromSeconds(10), Token);
            stack.Lab.Dot.Add(Origin, OriginAddress);
            stack.Lab.Dot.Add("rebind.lab.example", "127.0.0.1");
            await stack.Lab.Dot.StopAsync();
            await stack.Lab.Dot.StartAsync(Token);
            stack.Lab.Host.WriteFile(StackInput.File, Yaml(engine));
            var up = await stack.Culvert.UpAsync(Token);
            Assert.True(up.Succeeded, up.Describe());
            var started = new EngineStack(engine, stack, origin);
            await RunningStack.WaitForAsync("both proxies serve", started.ServesAsync);
            return started;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is expected of the engine that runs.</summary>
    public string Expect(string culvert, string pair) => IsPair ? pair : culvert;

    /// <summary>Runs a case of proxy_conformance.py as dev.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PlayAsync(string name, int? number = null)
    {
        string[] line = [RepositoryFiles.Python, "-B", RepositoryFiles.Probe("proxy_conformance.py"), name, .. number is { } count ? [$"{count}"] : Array.Empty<string>()];
        var played = await Stack.Culvert.RunAsync(["sh", "-c", $"ulimit -n 8192; exec {string.Join(' ', line)}"], app: false, ProbeDeadline, Token);
        Assert.True(played.Succeeded, played.Describe());
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(played.Output)!.ToDictionary(one => one.Key, one => one.Value.ToString());
    }

    /// <summary>An HTTP status through a proxy, or curl's own words.</summary>
    public Task<LabCommandResult> CurlAsync(bool app, string proxy, string url, params IReadOnlyList<string> more) =>
        RunCurlAsync(app, proxy, url, ["-o", "/dev/null", "-w", "%{http_code}", .. more]);

    /// <summary>What comes back through a proxy.</summary>
    public Task<LabCommandResult> FetchAsync(bool app, string proxy, string url, params IReadOnlyList<string> more) => RunCurlAsync(app, proxy, url, more);

    /// <summary>Whether an application is served by both.</summary>
    public async Task<bool> ServesAsync() =>
        (await CurlAsync(app: true, "http://vpn:1090", "http://openrouter.ai/ip")).Output == "200"
        && (await CurlAsync(app: true, "socks5h://vpn:1080", "http://openrouter.ai/ip")).Output == "200";

    /// <summary>The status and the seconds that it took.</summary>
    public Task<LabCommandResult> TimeAsync(string proxy, string url) =>
        RunCurlAsync(app: false, proxy, url, ["-o", "/dev/null", "-w", "%{http_code} %{time_total}"]);

    private Task<LabCommandResult> RunCurlAsync(bool app, string proxy, string url, IReadOnlyList<string> options) =>
        Stack.Culvert.RunAsync(["curl", "-sS", "--max-time", "5", "--proxy", proxy, .. options, url], app, LabPlace.DefaultDeadline, Token);

    /// <summary>The processes of the proxy role: itself, and the programs where it has some.</summary>
    public IReadOnlyList<LabProcessEntry> Proxies() =>
        [.. Victim.Proxy.In(Host), .. Host.Processes.Where(process => process.Name is "danted" or "tinyproxy")];

    /// <summary>Memory of all of them in megabytes, where a page that several share is counted once.</summary>
    public double Megabytes() => Proxies().Sum(process => Proportional(process.Pid)) / 1024.0;

    /// <summary>Processor time of all of them so far.</summary>
    public TimeSpan Worked() => TimeSpan.FromSeconds(Proxies().Sum(process =>
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process.Pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile.
        }
    }));

    public string Log(string name) => File.ReadAllText(Host.PathOf($"/run/culvert/culvert/logs/{name}.log"));

    public ValueTask DisposeAsync() => Stack.DisposeAsync();

    private static long Proportional(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/smaps_rollup").FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
                : 0;
        }
        catch (IOException)
        {
            return 0; // It ended meanwhile.
        }
    }
}
