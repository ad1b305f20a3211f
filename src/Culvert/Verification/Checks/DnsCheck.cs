using System.Net;
using System.Net.Sockets;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>Names are resolved by the resolver inside; no other server answers a dev process, and no question leaves in clear.</summary>
internal sealed class DnsCheck : ICheck
{
    private static readonly IPAddress PublicServer = IPAddress.Parse("8.8.8.8");
    private static readonly IPAddress MulticastDns = IPAddress.Parse("224.0.0.251");
    private static readonly bool[] UdpThenTcp = [false, true];
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public string Id => "dns";

    public string Title => "Names are resolved inside, nowhere else";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        examination.Used("reading the host's /etc/resolv.conf");
        var probes = ProbesFor(target, HostResolvers(await ReadResolversAsync(cancellationToken)));
        var resolved = examination.ProbeAllAsync(
            target.Dev,
            from tcp in UdpThenTcp
            select ProbeRequest.Dns(VerifyTarget.Resolver, target.ProviderName, tcp, AnswerTimeout).AsNobody(),
            cancellationToken);
        var (guarded, twin) = await LeakTrial.RunBothAsync(examination, probes, cancellationToken);
        return Judge(probes, await resolved, guarded, twin, new CarrierFilter(target.Namespace.Carriers));
    }

    internal static Judgement Judge(
        IReadOnlyList<LeakProbe> probes, IReadOnlyList<ProbeAnswer> resolved, LeakTrial guarded, LeakTrial twin, CarrierFilter carriers)
    {
        var answeredElsewhere = probes.Zip(guarded.Answers)
            .Where(pair => pair.Second.Answered)
            .Select(pair => $"{pair.First.Title} was answered: {pair.Second.Describe()}");
        // The resolver's answer proves that the same probe hears an answer when there is one.
        var unresolved = resolved
            .Where(answer => answer is not { Answered: true, Answer: { } text } || !text.StartsWith("NOERROR ", StringComparison.Ordinal))
            .Select(answer => $"the resolver did not give an address: {answer.Describe()}");
        var judgement = LeakJudge.Judge(
            "127.0.0.1:53 answers over UDP and TCP; every other server is silent; nothing to port 53, 853 or 5353 leaves in clear",
            probes,
            guarded,
            twin,
            flow => flow.DestinationPort is 53 or 853 or 5353 && !carriers.IsCarrier(flow),
            [.. answeredElsewhere, .. unresolved]);
        return judgement.Verdict == Verdict.Holds
            ? judgement with { Observed = $"{resolved[0].Answer} from the resolver; {judgement.Observed}" }
            : judgement;
    }

    /// <summary>The addresses in resolv.conf that mean the same from another namespace: loopback ones do not.</summary>
    internal static IReadOnlyList<IPAddress> HostResolvers(string resolvConf) =>
    [
        .. resolvConf.Split('\n')
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>()
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)),
    ];

    private static IReadOnlyList<LeakProbe> ProbesFor(VerifyTarget target, IReadOnlyList<IPAddress> hostResolvers)
    {
        var uplink = target.Namespace.Uplink.Name;
        // slirp4netns would answer DNS on the third address, were its resolver not switched off.
        IPAddress[] servers = [PublicServer, target.UplinkGateway, target.AddressInUplink(3), .. hostResolvers];
        string?[] devices = [null, uplink];
        return
        [
            .. from server in servers.Distinct().Where(server => !server.Equals(target.UplinkAddress))
               from tcp in UdpThenTcp
               from device in devices
               select LeakProbe.Dns(
                   $"DNS over {(tcp ? "TCP" : "UDP")} to {server}{(device is null ? "" : $" bound to {device}")}",
                   server, target.ProviderName, tcp, device),
            LeakProbe.Tcp($"DNS over TLS to {PublicServer} bound to {uplink}", PublicServer, 853, uplink),
            LeakProbe.Udp($"multicast DNS bound to {uplink}", MulticastDns, 5353, uplink),
        ];
    }

    private static async Task<string> ReadResolversAsync(CancellationToken cancellationToken) =>
        File.Exists("/etc/resolv.conf") ? await File.ReadAllTextAsync("/etc/resolv.conf", cancellationToken) : "";
}
