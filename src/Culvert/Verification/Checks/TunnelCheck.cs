using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>The tunnel says that it is connected, has an address, and its counters grow while a real call is made.</summary>
internal sealed class TunnelCheck : ICheck
{
    public string Id => "tunnel";

    public string Title => "The tunnel is up and carries";

    public bool NeedsQuiet => true;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        examination.Used($"reading {target.TunnelReport}");
        var report = ReportFile.ReadTunnel(target.TunnelReport);
        var before = await ObserveAsync(examination, cancellationToken);
        var request = ProbeRequest.Http(
            target.Stack.Verify.AddressServices, proxy: null, ProbeSecrets.None, VerifyTarget.Resolver.Address).AsNobody();
        var call = await examination.ProbeAsync(target.Dev, request, cancellationToken);
        var after = await ObserveAsync(examination, cancellationToken);
        return Judge(report, before, call, after);
    }

    internal static Judgement Judge(TunnelReport? report, LinkObservation? before, ProbeAnswer call, LinkObservation? after)
    {
        var (received, sent) = (after?.Received - before?.Received, after?.Sent - before?.Sent);
        List<string> broken = [];
        if (report is not { State: TunnelState.Connected })
        {
            broken.Add(report is null
                ? "the tunnel role has not reported yet; see its log"
                : $"the tunnel role reports {report.State}{(report.Reason is { } reason ? $": {reason}" : "")}");
        }

        if (after is not { Up: true, Addresses.Count: > 0 })
        {
            broken.Add(after switch
            {
                null => $"there is no {Role.TunnelInterface}",
                { Up: false } => $"{Role.TunnelInterface} is down",
                _ => $"{Role.TunnelInterface} has no IPv4 address",
            });
        }

        if (!call.Answered)
        {
            broken.Add($"the call got no answer: {call.Describe()}");
        }
        else if (received is not > 0 || sent is not > 0)
        {
            broken.Add($"the call was answered, but {Role.TunnelInterface} carried {received ?? 0} bytes in and {sent ?? 0} bytes out meanwhile");
        }

        return Judgement.Of(
            $"state Connected; {Role.TunnelInterface} up with an address; its counters grow during a call",
            $"Connected{(report?.Location is { } location ? $" ({location})" : "")}, {string.Join(' ', after?.Addresses ?? [])}; a call moved {received} bytes in, {sent} bytes out",
            broken,
            [],
            control: null);
    }

    private static async Task<LinkObservation?> ObserveAsync(Examination examination, CancellationToken cancellationToken)
    {
        var result = await examination.RunAsync(
            examination.Target.Dev, "ip", ["-json", "-s", "addr", "show", "dev", Role.TunnelInterface], cancellationToken);
        return result.Succeeded ? LinkObservation.Parse(result.Output) : null;
    }
}
