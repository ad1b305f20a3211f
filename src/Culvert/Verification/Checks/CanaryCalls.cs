using System.Text;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>Calls that carry a secret in every place where clients put one, through both proxies, from the place of one who may use them.</summary>
internal static class CanaryCalls
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The forms in which the canary travels, and so those in which it could be written down.</summary>
    public static IReadOnlyList<Needle> Needles(string canary) =>
    [
        new("the canary", canary),
        new("the canary in Basic credentials", Basic(canary)),
    ];

    public static async Task<IReadOnlyList<ProbeAnswer>> MakeAsync(Examination examination, string canary, CancellationToken cancellationToken)
    {
        var (target, at) = (examination.Target, examination.Target.Client.At);
        var calls = await examination.ProbeAllAsync(at, [.. Requests(target, canary), .. Calls(target, target.ProxyUser, canary)], cancellationToken);
        var strange = await examination.ProbeAllAsync(at, Calls(target, ProbeSecrets.None with { User = "someone", Password = canary }, canary), cancellationToken);
        return [.. calls, .. target.Stack.Proxy.Users.IsEmpty ? strange : strange.Select(RefusedIsAnswered)];
    }

    // Where users are named, nobody lets a stranger through: that is the answer. Silence is none.
    internal static ProbeAnswer RefusedIsAnswered(ProbeAnswer call) =>
        call is { Answered: false, Failure: not ProbeAnswer.NoAnswer } ? call with { Answered = true, Answer = call.Failure } : call;

    private static IEnumerable<ProbeRequest> Requests(VerifyTarget target, string canary)
    {
        var service = target.Stack.Verify.AddressServices[0];
        var plain = $"http://{service.Host}/?key={canary}";
        var vpn = target.Client.Host;
        yield return Exchange(vpn, $"GET {plain} HTTP/1.1", service.Host, canary);
        yield return Exchange(vpn, $"GET http://someone:{canary}@{service.Host}/ HTTP/1.1", service.Host, canary);
        yield return Exchange(vpn, $"CONNECT {service.Host}:443 HTTP/1.1", $"{service.Host}:443", canary);
        // A request that is refused is what error messages quote from.
        yield return Exchange(vpn, $"CONNECT {canary}:99999 HTTP/1.1", canary, canary);
    }

    private static IEnumerable<ProbeRequest> Calls(VerifyTarget target, ProbeSecrets user, string canary)
    {
        var headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {canary}", ["X-Api-Key"] = canary };
        var secret = new UriBuilder(target.Stack.Verify.AddressServices[0]) { Query = $"key={canary}", UserName = "someone", Password = canary }.Uri.AbsoluteUri;
        return from proxy in target.Stack.Proxy.SocksIsOpen ? new[] { target.Client.Http, target.Client.Socks } : [target.Client.Http]
               select ProbeRequest.Http([], proxy, user with { Headers = headers, Url = secret }).AsNobody();
    }

    private static ProbeRequest Exchange(string vpn, string requestLine, string host, string canary) => ProbeRequest.TcpExchange(
        vpn,
        Role.HttpPort,
        Timeout,
        $"{requestLine}\r\nHost: {host}\r\nAuthorization: Bearer {canary}\r\nProxy-Authorization: Basic {Basic(canary)}\r\nConnection: close\r\n\r\n").AsNobody();

    private static string Basic(string canary) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"someone:{canary}"));
}
