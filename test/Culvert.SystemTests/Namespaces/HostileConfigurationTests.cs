using System.Text;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>A culvert.yaml that is empty, wrong, or from a stranger, through the real program.</summary>
public sealed class HostileConfigurationTests(StackHost host, ITestOutputHelper output) : IClassFixture<StackHost>
{
    private const string Path = "/etc/stranger/culvert.yaml";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, Func<byte[]>> Strangers = new()
    {
        ["10 MB of zeros"] = () => new byte[10_000_000],
        ["10 MB of good lines"] = () => Text(Repeat("name: culvert\n", 700_000)),
        ["100,000 brackets"] = () => Text(new string('[', 100_000)),
        ["100,000 nested maps"] = () => Text(Repeat("{a: ", 100_000)),
        ["a staircase of 1,000 maps"] = () => Text(string.Concat(Enumerable.Range(0, 1_000).Select(depth => new string(' ', depth) + "a:\n"))),
        ["a billion laughs"] = () => Text("a0: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 40).Select(n => $"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n"))),
        ["an alias to itself"] = () => Text("vpn: &a {locations: *a}\n"),
        ["two documents"] = () => Text("name: a\n---\nname: b\n"),
        ["a tag"] = () => Text("name: !!python/object/apply:os.system [id]\n"),
        ["UTF-16"] = () => Encoding.Unicode.GetBytes("name: culvert\n"),
        ["a NUL"] = () => Text("name: a\0b\n"),
        ["escape sequences of a terminal"] = () => Text("name: \"\\e]0;owned\\a\\e[2J\"\n"),
        ["a path as a name"] = () => Text("name: ../../etc\n"),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> StrangersNames => [.. Strangers.Keys];

    public static TheoryData<string> WrongOnes => [.. RepositoryFiles.WrongConfigurations.Select(file => System.IO.Path.GetFileName(file))];

    [Fact]
    public async Task An_empty_one_is_valid_and_says_what_its_defaults_need()
    {
        var dry = await CallAsync("", "--dry-run");
        Assert.True(dry.Succeeded, dry.Describe());
        var up = await CallAsync("");
        AssertRefused(up);
        Assert.Contains("adguardvpn-cli not found", up.Error, StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync(Token);
    }

    [Theory]
    [MemberData(nameof(WrongOnes))]
    public async Task A_wrong_one_is_refused_with_the_place_of_what_is_wrong(string file)
    {
        var wrong = RepositoryFiles.WrongConfigurations.Single(path => System.IO.Path.GetFileName(path) == file);
        var result = await CallAsync(await File.ReadAllBytesAsync(wrong, Token));
        AssertRefused(result);
        Assert.StartsWith($"{Path}:", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(StrangersNames))]
    public async Task One_from_a_stranger_is_refused_soon(string name)
    {
        var result = await CallAsync(Strangers[name]());
        output.WriteLine($"{result.Elapsed.TotalMilliseconds:0} ms, {result.Error.Length} characters: {result.Error.Split('\n')[0]}");
        AssertRefused(result);
        Assert.DoesNotContain('\e', result.Error);
        Assert.True(result.Error.Length < 100_000, $"{result.Error.Length} characters");
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var length in new[] { 1, 16, 256, 4096, 1_000_000 })
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            // One byte can be a newline: an empty file. This never begins a text.
            bytes[0] = 0xff;
            AssertRefused(await CallAsync(bytes));
        }
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/full")]
    [InlineData("/proc/self/mem")]
    [InlineData("/etc")]
    [InlineData("/nowhere/culvert.yaml")]
    [InlineData("")]
    public async Task What_is_no_file_is_refused(string path) =>
        AssertRefused(await host.Culvert.CallAsync(["up", "--config", path], Patience, Token));

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_refused_and_not_waited_for()
    {
        await host.Host.RequireAsync("sh", ["-c", "rm -f /run/pipe; mkfifo /run/pipe"], Token);
        AssertRefused(await host.Culvert.CallAsync(["up", "--config", "/run/pipe"], Patience, Token));
        await host.Host.RequireAsync("rm", ["/run/pipe"], Token);
    }

    [Theory]
    [InlineData("up", "--dry-run")]
    [InlineData("down")]
    [InlineData("status")]
    [InlineData("verify")]
    [InlineData("render", "guard")]
    [InlineData("render", "unbound")]
    [InlineData("env", "curl")]
    [InlineData("run", "--config", Path, "--", "true")]
    public async Task Every_command_refuses_a_wrong_one(params string[] command)
    {
        host.Host.WriteFile(Path, "nmae: culvert\n");
        string[] line = command.Contains("--config") ? command : [.. command, "--config", Path];
        var result = await host.Culvert.CallAsync(line, Patience, Token);
        AssertRefused(result);
        Assert.Contains($"{Path}:1:1:", result.Error, StringComparison.Ordinal);
        Assert.Contains("name", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        host.Host.WriteFile("/etc/stranger/exit.ovpn", "client\nremote 203.0.113.11 443 tcp\n");
        var result = await CallAsync("vpn: {driver: openvpn, locations: [exit.ovpn]}\n");
        AssertRefused(result);
        Assert.Contains("chmod 600", result.Error, StringComparison.Ordinal);
    }

    private Task<LabCommandResult> CallAsync(string text, params string[] options) => CallAsync(Text(text), options);

    private async Task<LabCommandResult> CallAsync(byte[] content, params string[] options)
    {
        host.Host.WriteFile(Path, "");
        await File.WriteAllBytesAsync(host.Host.PathOf(Path), content, Token);
        return await host.Culvert.CallAsync(["up", "--config", Path, .. options], Patience, Token);
    }

    private static void AssertRefused(LabCommandResult result)
    {
        Assert.True(result.ExitCode == 2, result.Describe());
        Assert.NotEqual("", result.Error.Trim());
        Assert.DoesNotContain("Unhandled", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.True(result.Elapsed < Soon, $"took {result.Elapsed.TotalSeconds:0.0} s");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
