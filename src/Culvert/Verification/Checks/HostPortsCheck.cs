using System.Net.NetworkInformation;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>The proxies' ports are reached from vpn-net and from nowhere on the host.</summary>
internal sealed class HostPortsCheck : ICheck
{
    private static readonly int[] Ports = [Role.SocksPort, Role.HttpPort];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    public string Id => "host-ports";

    public string Title => "No proxy port is reachable from the host";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        var foreign = new[] { target.Namespace.Uplink.Address, target.Namespace.VpnNet?.Address }.OfType<string>().ToList();
        var own = OwnAddresses();
        examination.Used($"TCP connections from this process, on the host, to ports 1080 and 1090 of {string.Join(", ", foreign.Concat(own))}");
        // These need no process of their own: this one stands on the host, and the code is the probe's.
        var tries = Task.WhenAll(
            from address in foreign.Concat(own)
            from port in Ports
            select TcpProbe.RunAsync(address, port, device: null, fromPort: null, payload: null, Timeout, cancellationToken));
        var listening = await examination.RequireAsync(Standpoint.Host, "ss", ["-Hltnp"], cancellationToken);
        var client = target.Client;
        var fromClient = await examination.ProbeAllAsync(
            client.At, Ports.Select(port => ProbeRequest.Tcp(client.Host, port, Timeout).AsNobody()), cancellationToken);
        var listeners = Listener.Parse(listening).Where(listener => Ports.Contains(listener.Port)).ToList();
        return Judge(await tries, listeners, fromClient, own, [.. target.Published.Where(published => Ports.Contains(published.Port))]);
    }

    internal static Judgement Judge(
        IReadOnlyList<ProbeAnswer> fromHost,
        IReadOnlyList<Listener> listeners,
        IReadOnlyList<ProbeAnswer> fromClient,
        IReadOnlyList<string> own,
        IReadOnlyList<PublishedPort> published)
    {
        // Another program of the user may listen on the same port; then a connection to the host's own address is its.
        var others = listeners.Where(listener => !listener.MayBeOurs).ToList();
        bool IsOthers(ProbeAnswer answer) => others.Any(listener => listener.Answers(answer.Target, own));
        var reached = fromHost.Where(answer => answer.Answered && !IsOthers(answer)).ToList();
        List<string> broken =
        [
            .. reached.Select(answer => $"the host reaches {answer.Target}"),
            .. published.Select(port => $"the container engine publishes port {port.Port} of {port.Part} at {port.At} of the host"),
            .. listeners.Where(listener => listener.MayBeOurs)
                .Select(listener => $"on the host, {listener.Address}:{listener.Port} is listened on by {(listener.Owner.Length > 0 ? listener.Owner : "an unknown process")}"),
        ];
        var notReached = fromClient.Where(answer => !answer.Answered).ToList();
        var note = others.Count == 0 ? "" : $"; ports of other programs aside: {string.Join(", ", others.Select(other => $"{other.Address}:{other.Port} {other.Owner}"))}";
        return Judgement.Of(
            "from the host every connection to port 1080 or 1090, of the namespace and of the host itself, fails",
            $"{fromHost.Count} connections, none reached a proxy{note}",
            broken,
            [],
            notReached.Count == 0
                ? new Control(true, $"from where it is allowed the same probe reaches {string.Join(" and ", fromClient.Select(answer => answer.Target))}")
                : new Control(false, $"from where it is allowed, a proxy must be reached: {notReached[0].Describe()}"));
    }

    // Link-local addresses need a scope, and lead to nothing that the others do not.
    private static IReadOnlyList<string> OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal)
            .Select(address => address.ToString())
            .Distinct(),
    ];
}
