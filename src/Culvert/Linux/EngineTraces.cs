using System.Text.RegularExpressions;

namespace Culvert.Linux;

/// <summary>
/// Tells which lines of a snapshot are a container engine's own. Most name one of its objects. Some do not, and count as its own only where
/// such an object stands beside them: the tables that iptables makes around its rules, the policy of FORWARD that Docker closes, and what
/// comes with the kernel module for its bridges.
/// </summary>
internal sealed partial class EngineTraces
{
    private readonly HashSet<string> tables;
    private readonly HashSet<string> closed;
    private readonly bool hasBridges;

    public EngineTraces(HostSnapshot before, HostSnapshot now)
    {
        List<string> lines = [.. before.Parts.Values.Concat(now.Parts.Values).SelectMany(part => part)];
        var named = lines.Where(line => EngineObject().IsMatch(line)).ToList();
        tables = [.. named.Select(line => Table().Match(line)).Where(match => match.Success).Select(match => match.Value)];
        hasBridges = named.Any(line => !Table().IsMatch(line));
        closed = [.. before.Parts.Values.SelectMany(part => part).Where(line => line.EndsWith(Drop, StringComparison.Ordinal))];
    }

    public bool IsOwn(string line) =>
        EngineObject().IsMatch(line)
        || Hairpin().IsMatch(line)
        || (hasBridges && BridgeFilter().IsMatch(line))
        || (Scaffold().Match(line) is { Success: true } scaffold && tables.Contains(scaffold.Groups["table"].Value) && !Opens(line));

    private const string Drop = "policy drop;";

    // Whoever closed a chain did so on purpose; an engine does not open it.
    private bool Opens(string line) => closed.Contains(line.Replace("policy accept;", Drop, StringComparison.Ordinal)) && !closed.Contains(line);

    // Docker's names: docker0, br- and 12 digits, veth and 7 digits, DOCKER chains.
    [GeneratedRegex(@"(?<![\w-])(docker0|docker_gwbridge|br-[0-9a-f]{12}|veth[0-9a-f]{7}|DOCKER(-[A-Z0-9-]+)?)(?![\w-])")]
    private static partial Regex EngineObject();

    // For a published port that a container calls by way of the host: from and to one and the same address.
    [GeneratedRegex(@"^table ip nat / chain POSTROUTING: ip saddr (\S+) ip daddr \1 (tcp|udp) dport \d+ counter masquerade$")]
    private static partial Regex Hairpin();

    [GeneratedRegex(@"^/proc/sys/net/bridge/bridge-nf-call-ip6?tables:[01]$")]
    private static partial Regex BridgeFilter();

    [GeneratedRegex(@"^table ip6? (raw|nat|filter|mangle)\b")]
    private static partial Regex Table();

    // iptables makes its tables and built-in chains when the first rule comes: headers, and hooks that let everything pass.
    [GeneratedRegex(@"^(?<table>table ip6? (raw|nat|filter|mangle))( / chain [A-Z]+(: type \w+ hook \w+ priority [\w +-]+; policy accept;)?| / chain FORWARD: type filter hook forward priority filter; policy drop;)?$")]
    private static partial Regex Scaffold();
}
