using System.Net;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>What one application was seen to do.</summary>
internal sealed record WatchedApplication(string Name, CallReport Report);

/// <summary>
/// No application calls a provider past the proxies. An application has its own way out, which the specification leaves to its other traffic,
/// so a call by it cannot be stopped there; it can be seen.
/// </summary>
internal sealed class ApplicationsCheck : ICheck
{
    /// <summary>Long enough for an application that calls all the time, and for a person who waits.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DnsTimeout = TimeSpan.FromSeconds(2);

    public string Id => "applications";

    public string Title => "Applications call providers by the proxies only";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        if (target.Applications.Count == 0)
        {
            return new Judgement(Verdict.Skipped, Expected, "no application runs on vpn-net", []);
        }

        var watch = new CallWatch(
            CallWatch.ProvidersOf(target.Stack.Providers.SelectMany(provider => provider.Hosts)),
            await AddressesAsync(examination, cancellationToken),
            target.Namespace.VpnNet is { } vpnNet ? IPAddress.Parse(vpnNet.Address) : null);
        return Judge(await Task.WhenAll(target.Applications.Select(application => WatchAsync(examination, application, watch, cancellationToken))));
    }

    internal static Judgement Judge(IReadOnlyList<WatchedApplication> applications)
    {
        var calls = applications.SelectMany(application => application.Report.Calls.Select(call => (call.Kind, Text: $"{application.Name}: {call.Describe()}"))).ToList();
        var doubts = applications.Where(application => application.Report.Doubt is not null).Select(application => $"{application.Name}: {application.Report.Doubt}").ToList();
        var proofs = applications.SelectMany(application => application.Report.Proofs).Sum(proof => proof.Seen);
        return Judgement.Of(
            Expected,
            $"{string.Join(", ", applications.Select(application => application.Name))}: none in {applications.Min(application => application.Report.Seconds):0.0} s; a call at another time is not seen",
            [.. calls.Where(call => call.Kind != CallKind.Address).Select(call => call.Text)],
            [.. doubts, .. calls.Where(call => call.Kind == CallKind.Address).Select(call => call.Text)],
            doubts.Count == 0
                ? new Control(true, $"{proofs} deliberate calls (TLS and DNS) by every interface of every application were seen")
                : new Control(false, "deliberate calls by the applications' interfaces were not all seen"));
    }

    private const string Expected = "by an application's own networks no TLS to a provider and no DNS question for one, while it is watched";

    private static async Task<WatchedApplication> WatchAsync(
        Examination examination, ApplicationPlace application, CallWatch watch, CancellationToken cancellationToken)
    {
        await using var session = await examination.WatchCallsAsync(application.At, watch, cancellationToken);
        await Task.Delay(Watch, cancellationToken);
        return new WatchedApplication(application.Name, await session.StopAsync(ProbeJson.Default.CallReport, cancellationToken));
    }

    /// <summary>For calls whose name cannot be read (QUIC, an encrypted ClientHello, one that began before). Asked inside; unknown ones are watched for by name alone.</summary>
    private static async Task<Dictionary<IPAddress, string>> AddressesAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        var names = target.Stack.Providers.Select(provider => provider.Probe.Url.Host).Distinct().ToList();
        var answers = await examination.ProbeAllAsync(
            target.Dev, names.Select(name => ProbeRequest.Dns(VerifyTarget.Resolver, name, tcp: false, DnsTimeout)), cancellationToken);
        var addresses = new Dictionary<IPAddress, string>();
        foreach (var (name, answer) in names.Zip(answers).Where(pair => pair.Second.Answered))
        {
            foreach (var word in (answer.Answer ?? "").Split(' '))
            {
                if (IPAddress.TryParse(word, out var address))
                {
                    addresses.TryAdd(address, name);
                }
            }
        }

        return addresses;
    }
}
