using System.Diagnostics;
using System.Globalization;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests;

public sealed class LabSandboxTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_labs_at_once_do_not_see_each_other_and_the_outer_machine_sees_neither()
    {
        var outside = Directory.Exists("/run/netns") ? Directory.GetFileSystemEntries("/run/netns") : [];
        await using var one = await LabInternet.StartAsync(Token);
        await using var other = await LabInternet.StartAsync(Token);
        one.Host.WriteFile("/etc/only-in-one", "x");
        var call = await one.Host.RequireAsync("curl", ["-sS", "https://api.ipify.org/"], Token);
        Assert.Equal("192.0.2.10", call);
        Assert.Contains(one.Eavesdropper.Heard, query => query.Name == "api.ipify.org");
        Assert.Empty(other.Eavesdropper.Heard);
        Assert.Empty(other.Providers.Calls);
        Assert.False(File.Exists(other.Host.PathOf("/etc/only-in-one")));
        Assert.False(File.Exists("/etc/only-in-one"));
        Assert.Equal(outside, Directory.Exists("/run/netns") ? Directory.GetFileSystemEntries("/run/netns") : []);
    }

    [Fact]
    public async Task Killing_its_maker_takes_everything_with_it()
    {
        using var maker = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(LabInternet).Assembly.Location, "up"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var line = "";
        while (!line.Contains("--target", StringComparison.Ordinal))
        {
            line = await maker.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Deadline, Token) ?? throw new InvalidOperationException("the lab ended");
        }

        var host = int.Parse(line.Split("--target ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        var all = Descendants(maker.Id);
        Assert.Contains(host, all);
        Assert.True(all.Count >= 10, $"{all.Count} processes");
        maker.Kill();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Deadline);
        while (all.Any(pid => Directory.Exists($"/proc/{pid}")))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    [Fact]
    public async Task A_command_past_its_deadline_is_killed_and_what_it_printed_is_kept()
    {
        await using var sandbox = await LabSandbox.StartAsync(Token);
        var result = await sandbox.Root.RunAsync("sh", ["-c", "echo started; sleep 60"], LabCommandOptions.None, TimeSpan.FromSeconds(1), Token);
        Assert.True(result.TimedOut);
        Assert.Equal(-1, result.ExitCode);
        Assert.Equal("started\n", result.Output);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Deadline);
        while (LabProcessTable.Of(sandbox.Root).Any(process => process.Name == "sleep"))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    [Fact]
    public async Task A_machine_lists_its_own_processes_only()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        await using var sleeper = await lab.Host.StartAsync("sleep", ["1000"], LabCommandOptions.None, Token);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Deadline);
        while (lab.Host.Processes is not [{ Name: "sleep" }])
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Equal(["sleep", "1000"], lab.Host.Processes[0].CommandLine);
    }

    private static List<int> Descendants(int pid)
    {
        var children = File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Whatever thread started a child owns it.
        var all = Directory.GetDirectories($"/proc/{pid}/task")
            .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Union(children)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture))
            .ToList();
        return [.. all, .. all.SelectMany(Descendants)];
    }
}
