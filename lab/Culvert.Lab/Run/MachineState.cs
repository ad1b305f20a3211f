using System.Text.RegularExpressions;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Run;

/// <summary>The network configuration, the processes and the run-time files of a machine, to see that nothing is changed or left behind.</summary>
public sealed partial class MachineState
{
    private static readonly (string Name, string Program, string[] Arguments)[] Commands =
    [
        ("ip netns", "ip", ["netns", "list"]),
        ("ip rule", "ip", ["rule", "show"]),
        ("ip -6 rule", "ip", ["-6", "rule", "show"]),
        ("ip route", "ip", ["route", "show", "table", "all"]),
        ("ip -6 route", "ip", ["-6", "route", "show", "table", "all"]),
        ("ip link", "ip", ["-o", "link", "show"]),
        ("ip address", "ip", ["-o", "address", "show"]),
        ("nft list ruleset", "nft", ["list", "ruleset"]),
        ("sysctl net", "sysctl", ["-e", "net.ipv4.ip_forward", "net.ipv4.conf.all", "net.ipv4.conf.default", "net.ipv6.conf.all", "net.ipv6.conf.default"]),
        ("mounts", "grep", ["-E", " /(run/culvert|run/netns|etc/netns)[/ ]", "/proc/self/mounts"]),
        ("files", "find", ["/run", "/etc/netns", "-path", "*culvert*"]),
    ];

    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> parts;

    private MachineState(IReadOnlyDictionary<string, IReadOnlyList<string>> parts) => this.parts = parts;

    public static async Task<MachineState> ReadAsync(LabMachine machine, CancellationToken cancellationToken)
    {
        await WaitForAddressesAsync(machine, cancellationToken);
        var parts = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, program, arguments) in Commands)
        {
            // What is not there (a folder, an old kernel's sysctl) is a line less, and that is seen too.
            var result = await machine.RunAsync(program, arguments, cancellationToken);
            parts[name] = [.. Passing().Replace(result.Output, "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()];
        }

        parts["processes"] = [.. machine.Processes.Select(process => string.Join(' ', process.CommandLine)).Where(line => line.Contains("culvert", StringComparison.Ordinal)).Order()];
        return new MachineState(parts);
    }

    /// <summary>Each line that came or went, with where it stands; empty when nothing did.</summary>
    public IReadOnlyList<string> ChangesSince(MachineState earlier) =>
    [
        .. from part in parts
           let before = earlier.parts[part.Key]
           from line in part.Value.Except(before).Select(line => $"+ {line}").Concat(before.Except(part.Value).Select(line => $"- {line}"))
           select $"{part.Key}: {line}",
    ];

    /// <summary>An IPv6 address that is still being checked for duplicates has no route yet, and would seem to come later.</summary>
    private static async Task WaitForAddressesAsync(LabMachine machine, CancellationToken cancellationToken)
    {
        while ((await machine.RequireAsync("ip", ["-6", "address", "show", "tentative"], cancellationToken)).Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    // Lifetimes count down by themselves.
    [GeneratedRegex(@" (expires|valid_lft|preferred_lft) \w+")]
    private static partial Regex Passing();
}
