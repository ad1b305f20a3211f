using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>IPv6 is closed: no address, no connection, no packet, and who tries learns it at once.</summary>
internal sealed class IPv6Check : ICheck
{
    private static readonly IPAddress PublicServer = IPAddress.Parse("2606:4700:4700::1111");
    private static readonly IPAddress OtherPublicServer = IPAddress.Parse("2001:4860:4860::8888");

    public string Id => "ipv6";

    public string Title => "IPv6 is closed";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        if (!Directory.Exists("/proc/sys/net/ipv6"))
        {
            return new Judgement(Verdict.Skipped, "no IPv6", "this kernel has no IPv6 at all", []);
        }

        var target = examination.Target;
        var uplink = target.Namespace.Uplink.Name;
        LeakProbe[] probes =
        [
            LeakProbe.Tcp("a TCP connection", PublicServer, 443, device: null),
            LeakProbe.Tcp($"a TCP connection bound to {uplink}", OtherPublicServer, 443, uplink),
            LeakProbe.Udp("a UDP datagram", OtherPublicServer, 443, device: null),
            LeakProbe.Udp($"a UDP datagram bound to {uplink}", PublicServer, 53, uplink),
        ];
        var addresses = await examination.RequireAsync(target.Dev, "ip", ["-6", "-json", "addr", "show"], cancellationToken);
        var (guarded, twin) = await LeakTrial.RunBothAsync(examination, probes, cancellationToken);
        return Judge(AddressesOutsideLoopback(addresses), probes, guarded, twin);
    }

    internal static Judgement Judge(
        IReadOnlyList<string> addresses, IReadOnlyList<LeakProbe> probes, LeakTrial guarded, LeakTrial twin) =>
        LeakJudge.Judge(
            "no IPv6 address but on lo; a connection to an IPv6 address fails at once; no IPv6 packet leaves",
            probes,
            guarded,
            twin,
            flow => flow.EtherType == FrameHeader.IPv6Type,
            [
                .. addresses.Select(address => $"there is an IPv6 address: {address}"),
                .. probes.Zip(guarded.Answers).Where(pair => pair.Second.Answered || WaitedInVain(pair.Second))
                    .Select(pair => $"{pair.First.Title} {(pair.Second.Answered ? "was answered" : "did not fail at once")}: {pair.Second.Describe()}"),
            ]);

    /// <summary><c>INTERFACE ADDRESS</c> for every IPv6 address that is not on lo.</summary>
    internal static IReadOnlyList<string> AddressesOutsideLoopback(string json)
    {
        using var document = JsonDocument.Parse(json.Length == 0 ? "[]" : json);
        return
        [
            .. from link in document.RootElement.EnumerateArray()
               where link.TryGetProperty("ifname", out var name) && name.GetString() != "lo"
               from address in link.GetProperty("addr_info").EnumerateArray()
               select $"{link.GetProperty("ifname").GetString()} {address.GetProperty("local").GetString()}",
        ];
    }

    // A refused connection says so; one that ran into the probe's deadline was swallowed.
    private static bool WaitedInVain(ProbeAnswer answer) => answer.Failure == ProbeAnswer.NoAnswer;
}
