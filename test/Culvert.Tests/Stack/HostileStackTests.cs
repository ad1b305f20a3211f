using System.Diagnostics;
using System.Text;
using CsCheck;
using Culvert.Stack;
using Culvert.Stack.Reading;

namespace Culvert.Tests.Stack;

/// <summary>culvert.yaml from a stranger: always findings or a stack, soon, and never an exception.</summary>
[Collection(Proxy.MeasuredAlone.Name)]
public sealed class HostileStackTests(ITestOutputHelper output) : IDisposable
{
    // Generous for a busy machine; what they guard against takes minutes or never ends.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private const long FewBytes = 1L << 30;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Dictionary<string, Func<string>> Texts = new()
    {
        ["100,000 brackets"] = () => new string('[', 100_000),
        ["a megabyte of brackets"] = () => Fill("["),
        ["a megabyte of braces"] = () => Fill("{"),
        ["nested flow maps"] = () => Fill("{a: "),
        ["nested maps on one line"] = () => Fill("a: "),
        ["nested lists on one line"] = () => Fill("- "),
        ["nested complex keys"] = () => Fill("? "),
        ["closed lists"] = () => Fill("[],"),
        ["an open quote"] = () => "a: \"" + Fill("x"),
        ["an open quote with escapes"] = () => "a: \"" + Fill("\\x41"),
        ["lines in single quotes"] = () => "a: '" + Fill("x\n\n"),
        ["one long word"] = () => Fill("x"),
        ["one long key"] = () => Fill("x") + ": 1",
        ["a plain text of many lines"] = () => "a: " + Fill("x\n "),
        ["a block text of many lines"] = () => "a: |\n" + Fill(" x\n"),
        ["colons"] = () => Fill(":"),
        ["colons and spaces"] = () => Fill(": "),
        ["commas"] = () => "[" + Fill(","),
        ["percent signs"] = () => Fill("%"),
        ["a directive"] = () => "%YAML " + Fill("1"),
        ["tags"] = () => Fill("!"),
        ["ampersands"] = () => Fill("&a "),
        ["stars"] = () => Fill("*"),
        ["dashes"] = () => Fill("-"),
        ["documents"] = () => Fill("---\n"),
        ["document ends"] = () => Fill("...\n"),
        ["comments"] = () => Fill("#\n"),
        ["empty lines"] = () => Fill("\n"),
        ["carriage returns"] = () => Fill("\r"),
        ["tabs"] = () => Fill("\t"),
        ["spaces"] = () => Fill(" "),
        ["surrogate pairs"] = () => Fill("\U0001F512"),
        ["a staircase"] = () => string.Concat(Enumerable.Range(0, 1_400).Select(i => new string(' ', i) + "a:\n")),
        ["unknown keys"] = () => string.Concat(Enumerable.Range(0, 80_000).Select(i => $"key{i}: 1\n")),
        ["one key again and again"] = () => Fill("name: x\n"),
        ["sixty thousand locations"] = () => "vpn:\n  locations:\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"  - city{i}\n")),
        ["a megabyte of ports"] = () => "proxy: {ports: [" + Fill("70000,") + "]}",
        ["a billion laughs"] = () => BillionLaughs(),
        ["an alias to itself"] = () => "a: &a [*a]\nb: *a\n",
        ["merge keys"] = () => "a: &a {x: 1}\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"b{i}: {{<<: *a}}\n")),
    };

    public static TheoryData<string> Patterns => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_pattern_made_to_exhaust_the_parser_ends_in_findings_soon(string name)
    {
        var text = Texts[name]();
        var path = folder.Write("culvert.yaml", text);
        var (load, took, allocated) = Measure(path);
        output.WriteLine($"{name}: {took.TotalMilliseconds:F0} ms, {allocated / 1e6:F0} MB allocated, {load.Findings.Count} findings, first: {(load.Findings.Count > 0 ? load.Findings[0].ToString() : "none")}");

        AssertEither(load, text.Count(c => c is '\n' or '\r') + 2);
        Assert.True(took < Soon, $"took {took}");
        Assert.True(allocated < FewBytes, $"allocated {allocated} bytes");
    }

    [Fact]
    public void Ten_megabytes_of_random_bytes_are_refused_unread()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var bytes = new byte[10_000_000];
        new Random(seed).NextBytes(bytes);
        var path = folder.PathOf("culvert.yaml");
        File.WriteAllBytes(path, bytes);

        var (load, took, allocated) = Measure(path);

        Assert.Contains("larger than 1 MiB", Assert.Single(load.Findings).What);
        Assert.True(took < TimeSpan.FromSeconds(1), $"took {took}");
        Assert.True(allocated < 1_000_000, $"allocated {allocated} bytes");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(ConfigurationText.MaximumBytes)]
    public void Random_bytes_end_in_findings(int length)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bytes = new byte[length];
        var path = folder.PathOf("culvert.yaml");
        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(bytes);
            File.WriteAllBytes(path, bytes);
            AssertEither(StackLoader.Load(path), length + 2);
        }
    }

    [Fact]
    public void Random_text_never_throws() =>
        Gen.String.Sample(text => AssertEither(StackLoader.Parse("culvert.yaml", text), text.Length + 2), iter: 1_000);

    [Fact]
    public void Random_yaml_never_throws() =>
        YamlLike.Sample(text => AssertEither(StackLoader.Parse("culvert.yaml", text), text.Length + 2), iter: 1_000);

    [Fact]
    public void A_correct_file_with_random_damage_never_throws()
    {
        var whole = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Stack/wrong/every-problem-at-once.yaml"));
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, 8], Gen.String[0, 6]).Sample(
            (at, removed, added) =>
            {
                var text = whole[..at] + added + whole[Math.Min(whole.Length, at + removed)..];
                AssertEither(StackLoader.Parse("culvert.yaml", text), text.Length + 2);
            },
            iter: 1_000);
    }

    private static readonly string[] Pieces =
    [
        "vpn:", "driver:", "locations:", "dns:", "upstreams:", "proxy:", "users:", "destinations:", "providers:", "probe:", "answers:",
        "name:", "network:", "uplink:", "verify:", " ", "  ", "    ", "\n", "\n  ", "\n    ", "- ", "? ", ": ", "[", "]", "{", "}", ",", "\"", "'",
        "|", ">", "&a ", "*a", "!!str ", "!", "%", "@", "`", "#", "---\n", "...\n", "\t", "true", "443", "openai", "openvpn", "null", "~",
        "tls://1.1.1.1#a.b", "10.0.0.0/24", "https://a.b/", "\\", "\\x", "\\u0000", "é", "\uFEFF", "\u2028", "\r", "x",
    ];

    private static readonly Gen<string> YamlLike = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 60].Select(string.Concat);

    private static string Fill(string unit) => string.Concat(Enumerable.Repeat(unit, (ConfigurationText.MaximumBytes - 100) / Encoding.UTF8.GetByteCount(unit)));

    private static string BillionLaughs()
    {
        var text = new StringBuilder("a0: &a0 lol\n");
        for (var i = 1; i < 30; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        return text.Append("name: *a29\n").ToString();
    }

    private static (StackLoad Load, TimeSpan Took, long Allocated) Measure(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var load = StackLoader.Load(path);
        return (load, watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertEither(StackLoad load, int lines)
    {
        Assert.NotEqual(load.Stack is null, load.Findings.Count == 0);
        Assert.DoesNotContain(load.Findings, f => f.Line < 1 || f.Line > lines || f.Column < 1 || f.ToString().Length > 1500);
    }
}
