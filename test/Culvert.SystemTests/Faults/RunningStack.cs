using System.Globalization;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Faults;

/// <summary>A lab of its own with a stack that is up on its host, and the means to look into and to damage its namespace.</summary>
internal sealed class RunningStack : IAsyncDisposable
{
    public const string Namespace = "culvert-vpn";
    public const string Uplink = "uplink0";
    public const string UplinkGateway = "172.30.97.2";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private RunningStack(LabInternet lab)
    {
        Lab = lab;
        Culvert = new CulvertCli(lab.Host);
    }

    public LabInternet Lab { get; }

    public CulvertCli Culvert { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The stack is up; anything else fails the test with what <c>up</c> said.</summary>
    public static async Task<RunningStack> StartAsync()
    {
        var stack = await PrepareAsync();
        try
        {
            var up = await stack.Culvert.UpAsync(Token);
            Assert.True(up.Succeeded, up.Describe());
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The lab is there, and <c>up</c> has not been called yet.</summary>
    public static async Task<RunningStack> PrepareAsync() => new(await LabInternet.StartAsync(Token));

    /// <summary>Runs a command in the namespace as root with every capability, as nothing of Culvert's does. Must succeed.</summary>
    public Task<string> AsRootInsideAsync(params IReadOnlyList<string> line) =>
        Lab.Host.RequireAsync("ip", ["netns", "exec", Namespace, .. line], Token);

    /// <summary>The same, whatever comes of it.</summary>
    public Task<LabCommandResult> TryAsRootInsideAsync(params IReadOnlyList<string> line) =>
        Lab.Host.RunAsync("ip", ["netns", "exec", Namespace, .. line], Token);

    /// <summary>Runs a command as dev.</summary>
    public Task<LabCommandResult> AsDevAsync(params IReadOnlyList<string> line) =>
        Culvert.RunAsync(line, app: false, LabPlace.DefaultDeadline, Token);

    /// <summary>A Python program as dev; its arguments follow.</summary>
    public Task<LabCommandResult> PythonAsDevAsync(string program, params IReadOnlyList<string> arguments) =>
        AsDevAsync([RepositoryFiles.Python, "-c", program, .. arguments]);

    public Task<IspCounters> CountAsync() => Lab.Counters.ReadAsync(Token);

    /// <summary>The address that the provider sees dev at, or why there was no answer.</summary>
    public async Task<string> ExitSeenByDevAsync(params IReadOnlyList<string> options)
    {
        var call = await AsDevAsync(["curl", "-sS", "--max-time", "3", .. options, "https://api.ipify.org/"]);
        return call.Succeeded ? call.Output.Trim() : call.Describe();
    }

    /// <summary>Takes the guard away and gives the uplink a default route: what a namespace is like that nobody guards.</summary>
    public async Task UnguardAsync()
    {
        await AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
        await AsRootInsideAsync("ip", "route", "replace", "default", "via", UplinkGateway, "dev", Uplink, "metric", "1");
    }

    /// <summary>
    /// The positive control: the load that was harmless is seen by the ISP once nobody guards. Each look takes the guard away again: after a kill, hold may only
    /// now be loading it anew.
    /// </summary>
    public async Task AssertSeenWithoutGuardAsync()
    {
        await using var load = await StartLoadAsync(Uplink);
        var before = await CountAsync();
        await WaitForAsync("the ISP counts packets outside the carrier once the guard is gone", async () =>
        {
            await TryAsRootInsideAsync("nft", "add table inet culvert; delete table inet culvert");
            await TryAsRootInsideAsync("ip", "route", "replace", "default", "via", UplinkGateway, "dev", Uplink, "metric", "1");
            return (await CountAsync()).Since(before).Leaked > 0;
        });
    }

    /// <summary>Tries as dev to reach everything, over the routes or bound to an interface.</summary>
    public Task<Load> StartLoadAsync(string? device = null) =>
        Load.StartAsync(Lab.Host, [Culvert.Path, "run", "--"], [.. Load.Everywhere, Lab.Exit1.Address], device, Token);

    /// <summary>A load that does not wait for <c>up</c>: it is root, and enters as soon as the namespace has a name.</summary>
    public Task<LabProcess> StartTalkerAsync()
    {
        var load = string.Join(' ', Load.Command([.. Load.Everywhere, Lab.Exit1.Address], null));
        var early = $"until ip netns exec {Namespace} true 2>/dev/null; do :; done; exec ip netns exec {Namespace} {load} --rate 5000";
        return Lab.Host.StartAsync("sh", ["-c", early], new(), Token);
    }

    /// <summary>Case 53: while the tunnel is down each proxy says so within a second.</summary>
    public async Task AssertDialsAnswerAtOnceAsync()
    {
        foreach (var proxy in new[] { "socks5h://127.0.0.1:1080", "http://127.0.0.1:1090" })
        {
            var call = await AsDevAsync("curl", "-sS", "-o", "/dev/null", "-w", "%{time_total} %{http_connect}", "--proxy", proxy, "https://api.openai.com/v1/models");
            var said = call.Output.Split(' ');
            var seconds = double.Parse(said[0], CultureInfo.InvariantCulture);
            Assert.True(!call.Succeeded && seconds < 1, $"{proxy}: {call.Output}: {call.Describe()}");
            Assert.True(proxy[0] == 's' ? call.ExitCode == 97 : said[1] == "503", $"{proxy}: {call.Output}: {call.Describe()}");
        }
    }

    public Task<KillTrial> StartTrialAsync() => KillTrial.StartAsync(Lab, Culvert, Token);

    /// <summary>Fails, naming what was awaited, when it has not come within 30 s.</summary>
    public static async Task WaitForAsync(string what, Func<Task<bool>> condition)
    {
        var until = DateTimeOffset.UtcNow + Deadline;
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < until, $"within {Deadline.TotalSeconds:0} s this did not come: {what}");
            await Task.Delay(BetweenLooks, Token);
        }
    }

    /// <summary>Until <c>culvert status</c> says that all is well, or (<paramref name="holds"/> false) that it is not.</summary>
    public Task WaitForStatusAsync(bool holds) =>
        WaitForAsync($"culvert status ends with {(holds ? 0 : 1)}", async () => (await Culvert.StatusAsync(Token)).Succeeded == holds);

    /// <summary>
    /// For those who have taken every exit away. That the stack does not hold is not enough: a tunnel that was just coming up is tried first, with <c>tun0</c> up.
    /// </summary>
    public async Task WaitForTunnelDownAsync()
    {
        await WaitForStatusAsync(holds: false);
        await WaitForAsync("tun0 is down", async () => !(await TryAsRootInsideAsync("ip", "-brief", "link", "show", "dev", "tun0")).Output.Contains(",UP", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
