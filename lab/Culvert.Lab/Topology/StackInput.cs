using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>What a person would write to use Culvert on the host: culvert.yaml and the profiles their VPN service gave them.</summary>
public static class StackInput
{
    /// <summary>The folder on the host that holds culvert.yaml, exit1.ovpn and exit2.ovpn.</summary>
    public const string Folder = "/etc/culvert";

    public const string File = $"{Folder}/culvert.yaml";

    public const string Yaml = $"""
        name: culvert
        vpn:
          driver: openvpn
          locations: [exit1.ovpn, exit2.ovpn]
        dns:
          upstreams: [tls://198.51.100.53#{LabAddresses.DotResolverName}]
        providers: [openai, openrouter]

        """;

    internal static void Write(LabMachine machine, IEnumerable<LabExit> exits)
    {
        const UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        machine.WriteFile(File, Yaml);
        foreach (var (exit, number) in exits.Select((exit, place) => (exit, place + 1)))
        {
            machine.WriteFile($"{Folder}/exit{number}.ovpn", exit.Profile(), secret);
            machine.WriteFile($"{Folder}/exit{number}-udp.ovpn", exit.Profile(udp: true), secret);
        }
    }
}
