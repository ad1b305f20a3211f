using System.Net;
using System.Text.Json;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>What a probe sent and how many answers it heard.</summary>
public readonly record struct ProbeResult(int Sent, int Answers);

/// <summary>
/// A network namespace as Docker would make it for the owner of the VPN namespace, beside an application, both behind a machine that
/// bridges and masquerades. Roles are run in it by hand; its neighbours can send what they like and see every frame that leaves.
/// </summary>
/// <remarks>
/// <code>
///   isp ── dockerhost 192.0.2.11 ┬─ br-uplink 172.30.97.1 ── uplink  box .2
///                                └─ br-vpnnet 172.30.98.1 ┬─ vpnnet  box .2
///                                                         └─ vpnnet  app .3 (vpn = 172.30.98.2)
/// </code>
/// </remarks>
public sealed class LabBox
{
    public static readonly IPAddress Address = IPAddress.Parse("172.30.97.2");
    public static readonly IPAddress Gateway = IPAddress.Parse("172.30.97.1");

    /// <summary>Another address of the neighbour on the uplink: where a redirect would send the box.</summary>
    public static readonly IPAddress OtherGateway = IPAddress.Parse("172.30.97.3");

    public static readonly IPAddress VpnNetAddress = IPAddress.Parse("172.30.98.2");
    public static readonly IPAddress AppAddress = IPAddress.Parse("172.30.98.3");

    /// <summary>The neighbour's ends of the box's cables.</summary>
    public const string UplinkLeg = "box-uplink";
    public const string VpnNetLeg = "box-vpnnet";

    internal LabBox(LabMachine box, LabMachine app, LabPlace neighbour, LegCounters uplink, LegCounters vpnNet, string mac)
    {
        Box = box;
        App = app;
        Neighbour = neighbour;
        Uplink = uplink;
        VpnNet = vpnNet;
        Mac = mac;
    }

    /// <summary>Where the roles run; it has the stack's inputs in /etc/culvert as the host has.</summary>
    public LabMachine Box { get; }

    /// <summary>An application's container: an ordinary way out through the neighbour, and <c>vpn</c> by name.</summary>
    public LabMachine App { get; }

    /// <summary>Docker's host: the other end of every cable of the box.</summary>
    public LabPlace Neighbour { get; }

    /// <summary>Every frame that leaves the box by its uplink.</summary>
    public LegCounters Uplink { get; }

    /// <summary>Every frame that leaves the box into vpn-net; what belongs there is TCP from 1080 and 1090, counted as tcp.</summary>
    public LegCounters VpnNet { get; }

    /// <summary>The hardware address of the box's uplink.</summary>
    public string Mac { get; }

    /// <summary>SYN/ACKs to <paramref name="target"/> from the uplink's neighbour; answers are RSTs.</summary>
    public Task<ProbeResult> SendSynAckAsync(IPAddress target, CancellationToken cancellationToken) => ProbeAsync(
        "synack.py",
        ["--interface", UplinkLeg, "--mac", Mac, "--source", $"{LabAddresses.Providers[0].Address}", "--target", $"{target}"],
        cancellationToken);

    /// <summary>ARP requests for <paramref name="target"/> on the uplink; answers are replies.</summary>
    public Task<ProbeResult> AskArpAsync(IPAddress target, CancellationToken cancellationToken) => ProbeAsync(
        "arp.py", ["--interface", UplinkLeg, "--source", $"{Gateway}", "--target", $"{target}"], cancellationToken);

    /// <summary>ICMP redirects from the gateway: <paramref name="destination"/> is better reached through <see cref="OtherGateway"/>.</summary>
    public Task<ProbeResult> SendRedirectAsync(IPAddress destination, CancellationToken cancellationToken) => ProbeAsync(
        "redirect.py",
        [
            "--interface", UplinkLeg, "--mac", Mac, "--gateway", $"{Gateway}", "--target", $"{Address}",
            "--destination", $"{destination}", "--towards", $"{OtherGateway}",
        ],
        cancellationToken);

    /// <summary>Records packets on the box's uplink, as its neighbour sees it.</summary>
    public Task<Capture> CaptureAsync(IReadOnlyList<string> filter, CancellationToken cancellationToken) =>
        Capture.StartAsync(Neighbour, UplinkLeg, filter, cancellationToken);

    private async Task<ProbeResult> ProbeAsync(string probe, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var output = await Neighbour.RequireAsync(RepositoryFiles.Python, ["-B", RepositoryFiles.Probe(probe), .. arguments], cancellationToken);
        using var json = JsonDocument.Parse(output);
        return new ProbeResult(json.RootElement.GetProperty("sent").GetInt32(), json.RootElement.GetProperty("answers").GetInt32());
    }
}
