using System.Net;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>A way that a call can take, and what the address service answered on it.</summary>
internal sealed record WayOut(string Name, ProbeAnswer Answer)
{
    /// <summary>The address that the service saw; null when it did not tell one.</summary>
    public IPAddress? Address =>
        Answer.Status is >= 200 and < 300 && IPAddress.TryParse(Answer.Answer, out var address) ? address : null;
}

/// <summary>Every way out of dev and of an application shows one and the same address, and it is not the host's.</summary>
internal sealed class ExitAddressCheck : ICheck
{
    public string Id => "exit-address";

    public string Title => "Every call leaves by the exit";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var target = examination.Target;
        var socks = target.Stack.Proxy.SocksIsOpen;
        async Task<WayOut> TakeAsync(string name, Standpoint from, Uri? proxy, bool inside)
        {
            var request = ProbeRequest.Http(
                target.Stack.Verify.AddressServices,
                proxy,
                proxy is null ? ProbeSecrets.None : target.ProxyUser,
                inside && proxy is null ? VerifyTarget.Resolver.Address : null);
            return new WayOut(name, await examination.ProbeAsync(from, inside ? request.AsNobody() : request, cancellationToken));
        }

        var direct = TakeAsync("the host, direct", Standpoint.Host, proxy: null, inside: false);
        Task<WayOut>[] fromDev =
        [
            TakeAsync("dev, direct", target.Dev, proxy: null, inside: true),
            .. socks ? [TakeAsync("dev, SOCKS5", target.Dev, new Uri($"socks5h://127.0.0.1:{Role.SocksPort}"), inside: true)] : Array.Empty<Task<WayOut>>(),
            TakeAsync("dev, HTTP proxy", target.Dev, new Uri($"http://127.0.0.1:{Role.HttpPort}"), inside: true),
        ];
        Task<WayOut>[] fromApp = target.App is { } app
            ?
            [
                .. socks ? [TakeAsync("app, SOCKS5", app.At, app.Socks, inside: true)] : Array.Empty<Task<WayOut>>(),
                TakeAsync("app, HTTP proxy", app.At, app.Http, inside: true),
            ]
            : [];
        return Judge(
            await direct,
            await Task.WhenAll([.. fromDev, .. fromApp]),
            ReportFile.ReadTunnel(target.TunnelReport)?.Exit,
            (target.App is null ? "; the ways of an application were skipped: none runs on vpn-net" : "")
            + (socks ? "" : "; SOCKS5 was skipped: with proxy.users Dante lets nobody through"));
    }

    internal static Judgement Judge(WayOut direct, IReadOnlyList<WayOut> ways, string? reportedExit, string note = "")
    {
        var silent = ways.Where(way => way.Address is null).Select(way => $"{way.Name} got no address: {way.Answer.Describe()}");
        var addresses = ways.Select(way => way.Address).OfType<IPAddress>().Distinct().ToList();
        var lines = ways.Where(way => way.Address is not null).Select(way => $"{way.Name}: {way.Address}").ToList();
        List<string> broken = [.. silent];
        if (addresses.Count > 1)
        {
            broken.Insert(0, $"the ways out show {addresses.Count} different addresses ({string.Join("; ", lines)})");
        }

        if (direct.Address is { } own && addresses.Contains(own))
        {
            broken.Insert(0, $"the host's own address {own} was seen on: {string.Join(", ", ways.Where(way => own.Equals(way.Address)).Select(way => way.Name))}");
        }

        // The report names the server as ADDRESS or ADDRESS:PORT.
        var exitKnown = addresses.Count == 1 && IPEndPoint.TryParse(reportedExit ?? "", out var exit) && exit.Address.Equals(addresses[0]);
        var control = direct.Address is not null
            ? new Control(true, $"the same service shows the host itself as {direct.Address}")
            : exitKnown
                ? new Control(true, $"the host has no direct way ({direct.Answer.Describe()}), but the address is the exit that the tunnel reports")
                : new Control(false, $"the host has no direct way to compare with ({direct.Answer.Describe()}), and the tunnel reports no such exit; make a direct call possible or verify elsewhere");
        return Judgement.Of(
            "dev (direct, SOCKS5, HTTP) and app (SOCKS5, HTTP) show one address, and it is not the host's",
            $"all {ways.Count} ways show {string.Join(", ", addresses)}; the host is {direct.Address?.ToString() ?? "unknown"}{note}",
            broken,
            [],
            control);
    }
}
