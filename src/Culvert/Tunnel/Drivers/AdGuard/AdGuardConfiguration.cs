using System.Collections.Frozen;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What <c>config show</c> said, and what it should say: routes and DNS are ours, the protocol is TCP, nothing is reported home.</summary>
internal sealed record AdGuardConfiguration(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>What <c>config show</c> calls it, and how it must read for the tunnel to be safe. Compared without regard to case.</summary>
    private static readonly FrozenDictionary<string, string> Required = new Dictionary<string, string>
    {
        ["Mode"] = "tun",
        ["Tunnel routing mode"] = "none",
        ["Change system DNS"] = "off",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The arguments after <c>config</c>, in an order in which each may be followed by none.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Settings(string uplink) =>
    [
        ["set-tun-routing-mode", "NONE"],
        ["set-change-system-dns", "off"],
        ["set-mode", "TUN"],
        ["set-protocol", "http2"],
        ["set-bound-if-override", uplink],
        ["set-show-hints", "off"],
        ["set-show-notifications", "off"],
        ["set-debug-logging", "off"],
        ["set-crash-reporting", "off"],
    ];

    /// <summary>Indented lines <c>Key: value</c>; other lines are no settings.</summary>
    public static AdGuardConfiguration Parse(IReadOnlyList<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Where(l => l.Length > 0 && l[0] is '\t' or ' '))
        {
            if (line.Split(':', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, var value])
            {
                values[key] = value;
            }
        }

        return new AdGuardConfiguration(values);
    }

    /// <summary>A sentence for each setting that is not as it must be; one that is not shown counts as wrong.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. from required in Required
           let found = Values.GetValueOrDefault(required.Key)
           where !string.Equals(found, required.Value, StringComparison.OrdinalIgnoreCase)
           orderby required.Key
           select $"adguardvpn-cli shows `{required.Key}: {found ?? "(nothing)"}` where `{required.Value}` was set",
    ];
}
