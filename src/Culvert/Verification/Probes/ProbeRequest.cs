using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>The command line of one <c>culvert probe</c>, without what must not be an argument.</summary>
internal sealed record ProbeRequest(ImmutableArray<string> Arguments, TimeSpan Timeout, string? Input = null)
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(6);

    public static ProbeRequest Http(IEnumerable<Uri> urls, Uri? proxy, ProbeSecrets secrets, IPAddress? dns = null)
    {
        List<string> arguments = ["http", .. urls.SelectMany(url => new[] { "--url", url.AbsoluteUri })];
        Add(arguments, "--proxy", proxy?.AbsoluteUri.TrimEnd('/'));
        Add(arguments, "--dns", dns?.ToString());
        arguments.Add("--stdin");
        return new ProbeRequest([.. arguments], CallTimeout, JsonSerializer.Serialize(secrets, ProbeJson.Default.ProbeSecrets)).WithTimeout();
    }

    public static ProbeRequest Tcp(string host, int port, TimeSpan timeout, string? device = null, string? payload = null) =>
        Plain(["tcp", host, $"{port}"], device, timeout) with { Input = payload } is var request && payload is not null
            ? request with { Arguments = [.. request.Arguments, "--stdin"] }
            : request;

    public static ProbeRequest Udp(IPEndPoint target, TimeSpan timeout, string? device = null) =>
        Plain(["udp", $"{target.Address}", $"{target.Port}"], device, timeout);

    public static ProbeRequest Dns(IPEndPoint server, string name, bool tcp, TimeSpan timeout, string? device = null) =>
        Plain(["dns", $"{server.Address}", $"{server.Port}", "--name", name, .. tcp ? ["--tcp"] : Array.Empty<string>()], device, timeout);

    public static ProbeRequest Icmp(IPAddress target, TimeSpan timeout, string? device = null) =>
        Plain(["icmp", $"{target}"], device, timeout);

    /// <summary>From dev's position: a user without any right.</summary>
    public ProbeRequest AsNobody() => this with { Arguments = [.. Arguments, "--uid", $"{UserIdentity.Nobody}"] };

    private static ProbeRequest Plain(string[] arguments, string? device, TimeSpan timeout)
    {
        var all = arguments.ToList();
        Add(all, "--device", device);
        return new ProbeRequest([.. all], timeout).WithTimeout();
    }

    private static void Add(List<string> arguments, string option, string? value)
    {
        if (value is not null)
        {
            arguments.AddRange([option, value]);
        }
    }

    private ProbeRequest WithTimeout() => this with
    {
        Arguments = [.. Arguments, "--timeout", Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)],
    };
}
