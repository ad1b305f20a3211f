using System.Collections.Immutable;
using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>
/// The kernel parameters that the guard rests on. The runtime sets them; hold sets what differs where it may, and does
/// not stand on what still differs.
/// </summary>
internal static class NamespaceSysctls
{
    /// <summary>
    /// IPv6 off. ARP answered only for an address of the interface it came in by, so that nobody on the uplink learns
    /// the tunnel's. ICMP redirects ignored: the kernel takes one when either `all` or the interface allows it.
    /// </summary>
    public static ImmutableArray<(string Name, string Value)> Of(IEnumerable<string> interfaces) =>
    [
        ("net/ipv6/conf/all/disable_ipv6", "1"),
        ("net/ipv6/conf/default/disable_ipv6", "1"),
        ("net/ipv4/conf/all/arp_ignore", "2"),
        ("net/ipv4/conf/all/accept_redirects", "0"),
        ("net/ipv4/conf/default/accept_redirects", "0"),
        .. interfaces.Select(i => (RedirectsTo(i), "0")),
        .. interfaces.Select(i => ($"net/ipv6/conf/{i}/disable_ipv6", "1")),
    ];

    /// <summary>Sets what differs; returns what still differs as sentences.</summary>
    public static IReadOnlyList<string> Settle(IReadOnlyList<string> interfaces)
    {
        // Docker has no way to set an interface's own value that works on every version, and /proc/sys is read-only there.
        // Then the guard alone keeps redirects away: its input chain drops them before the kernel looks at them.
        var guarded = interfaces.Select(RedirectsTo).Where(name => Sysctl.Read(name) is not null).ToHashSet();
        List<string> problems = [];
        foreach (var (name, value) in Of(interfaces))
        {
            var found = Sysctl.Read(name);
            // A kernel without IPv6 has none of its parameters, and nothing to switch off.
            if (found is null ? name.StartsWith("net/ipv6/", StringComparison.Ordinal) : found == value)
            {
                continue;
            }

            var why = Sysctl.TryWrite(name, value);
            if (Sysctl.Read(name) != value && !guarded.Contains(name))
            {
                problems.Add($"the kernel parameter {name.Replace('/', '.')} is {found ?? "missing"}, but the guard needs {value}, and setting it failed ({why ?? "the kernel kept the old value"}); set it where the namespace is made");
            }
        }

        return problems;
    }

    private static string RedirectsTo(string name) => $"net/ipv4/conf/{name}/accept_redirects";
}
