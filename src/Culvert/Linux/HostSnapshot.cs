using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Culvert.Linux;

/// <summary>
/// The network configuration of a machine as lines of text, by part. It holds no counters, lifetimes or contents of sets:
/// those change by themselves.
/// </summary>
internal sealed partial record HostSnapshot(DateTimeOffset TakenAt, IReadOnlyDictionary<string, IReadOnlyList<string>> Parts)
{
    /// <summary>Its name in the run directory: <c>up</c> writes it before it changes anything.</summary>
    public const string FileName = "host-before.json";

    private static readonly string[] Sysctls =
    [
        .. Each("/proc/sys/net/ipv4/conf", "all", "default")
            .SelectMany(folder => new[] { "forwarding", "rp_filter", "arp_ignore", "accept_redirects", "route_localnet", "src_valid_mark" }
                .Select(name => $"{folder}/{name}")),
        .. Each("/proc/sys/net/ipv6/conf", "all", "default")
            .SelectMany(folder => new[] { "forwarding", "disable_ipv6", "accept_ra", "accept_redirects" }.Select(name => $"{folder}/{name}")),
        "/proc/sys/net/ipv4/ip_forward",
        "/proc/sys/net/ipv4/ip_unprivileged_port_start",
        "/proc/sys/net/ipv4/ping_group_range",
        "/proc/sys/net/bridge/bridge-nf-call-iptables",
        "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
    ];

    /// <summary>Takes it on the host. A failing <c>ip</c> or <c>nft</c> throws <see cref="SubprocessFailedException"/>.</summary>
    public static Task<HostSnapshot> CaptureAsync(CancellationToken cancellationToken) =>
        CaptureAsync(Standpoint.Host, cancellationToken);

    public static async Task<HostSnapshot> CaptureAsync(Standpoint standpoint, CancellationToken cancellationToken)
    {
        async Task<IReadOnlyList<string>> Lines(string program, params string[] arguments) =>
            Clean(await standpoint.RequireAsync(program, arguments, cancellationToken));

        var nft = await standpoint.RequireAsync("nft", ["--stateless", "--terse", "list", "ruleset"], cancellationToken);
        // grep names each file beside its value; a file that this kernel has not is left out (-s, exit code 2).
        var sysctls = await standpoint.RunAsync("grep", ["-s", "", .. Sysctls], cancellationToken);
        var legacy = await standpoint.RunAsync("grep", ["-s", "", "/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"], cancellationToken);
        return new HostSnapshot(DateTimeOffset.UtcNow, new SortedDictionary<string, IReadOnlyList<string>>
        {
            ["routes IPv4"] = await Lines("ip", "-4", "-o", "route", "show", "table", "all"),
            ["routes IPv6"] = await Lines("ip", "-6", "-o", "route", "show", "table", "all"),
            ["rules IPv4"] = await Lines("ip", "-4", "rule", "show"),
            ["rules IPv6"] = await Lines("ip", "-6", "rule", "show"),
            ["links"] = [.. (await Lines("ip", "-o", "link", "show")).Select(LinkName)],
            ["nftables"] = FlattenRuleset(nft),
            ["legacy iptables tables"] = Clean(legacy.Output),
            ["sysctls"] = Clean(sysctls.Output),
        });
    }

    public void Write(string path) =>
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, HostSnapshotJson.Default.HostSnapshot));

    /// <summary>Null when the file is not there.</summary>
    public static HostSnapshot? Read(string path) => File.Exists(path)
        ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HostSnapshotJson.Default.HostSnapshot)
        : null;

    /// <summary>Each line of a ruleset with the table and chain around it, so that a single line says where it stands.</summary>
    internal static IReadOnlyList<string> FlattenRuleset(string ruleset)
    {
        var around = new Stack<string>();
        var lines = new List<string>();
        foreach (var line in Clean(ruleset).Where(line => !line.StartsWith('#')))
        {
            if (line == "}")
            {
                around.TryPop(out _);
            }
            else if (line.EndsWith('{'))
            {
                around.Push(line[..^1].TrimEnd());
                lines.Add(string.Join(" / ", around.Reverse()));
            }
            else
            {
                lines.Add($"{string.Join(" / ", around.Reverse())}: {line}");
            }
        }

        return lines;
    }

    private static IEnumerable<string> Each(string folder, params string[] names) => names.Select(name => $"{folder}/{name}");

    private static IReadOnlyList<string> Clean(string output) =>
    [
        .. output.Split('\n')
            .Select(line => Passing().Replace(line, "").Trim())
            .Where(line => line.Length > 0 && !OfLinkLocal().IsMatch(line)),
    ];

    // "2: eth0@if5: <…" → "eth0"
    private static string LinkName(string line) => line.Split(':', 3)[1].Trim().Split('@')[0];

    // Lifetimes count down, and a link that lost its carrier says so on each of its routes.
    [GeneratedRegex(@" expires \d+sec| linkdown\b| dead\b")]
    private static partial Regex Passing();

    // The kernel adds and removes these with every link that comes up; the links are compared themselves.
    [GeneratedRegex(@"^(local|anycast|multicast) (fe80|ff00):.* table local proto kernel")]
    private static partial Regex OfLinkLocal();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostSnapshot))]
internal sealed partial class HostSnapshotJson : JsonSerializerContext;
