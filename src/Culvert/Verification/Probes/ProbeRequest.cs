using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>The command line of one <c>culvert probe</c>, without what must not be an argument. It ends by itself before <see cref="Deadline"/>.</summary>
internal sealed record ProbeRequest(ImmutableArray<string> Arguments, TimeSpan Deadline, string? Input = null)
{
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(5);

    // Time to start a process on a busy machine; a probe that needs more is hung.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static ProbeRequest Http(IReadOnlyList<Uri> urls, Uri? proxy, ProbeSecrets secrets, IPAddress? dns = null)
    {
        List<string> arguments = ["http", .. urls.SelectMany(url => new[] { "--url", url.AbsoluteUri })];
        Add(arguments, "--proxy", proxy?.AbsoluteUri.TrimEnd('/'));
        Add(arguments, "--dns", dns?.ToString());
        arguments.Add("--stdin");
        var input = JsonSerializer.Serialize(secrets, ProbeJson.Default.ProbeSecrets);
        return Create(arguments, HttpTimeout, Math.Max(urls.Count, 1)) with { Input = input };
    }

    public static ProbeRequest Tcp(string host, int port, TimeSpan timeout, string? device = null, int? fromPort = null) =>
        Create(["tcp", host, $"{port}", .. From(fromPort)], timeout, device: device);

    /// <summary>Sends the payload over the connection and tells the first line of the answer.</summary>
    public static ProbeRequest TcpExchange(string host, int port, TimeSpan timeout, string payload) =>
        Create(["tcp", host, $"{port}", "--stdin"], timeout) with { Input = payload };

    public static ProbeRequest Udp(IPEndPoint target, TimeSpan timeout, string? device = null, int? fromPort = null) =>
        Create(["udp", $"{target.Address}", $"{target.Port}", .. From(fromPort)], timeout, device: device);

    public static ProbeRequest Dns(IPEndPoint server, string name, bool tcp, TimeSpan timeout, string? device = null)
    {
        List<string> arguments = ["dns", $"{server.Address}", $"{server.Port}", "--name", name];
        if (tcp)
        {
            arguments.Add("--tcp");
        }

        return Create(arguments, timeout, device: device);
    }

    public static ProbeRequest Icmp(IPAddress target, TimeSpan timeout, string? device = null) =>
        Create(["icmp", $"{target}"], timeout, device: device);

    /// <summary>From dev's position: a user without any right.</summary>
    public ProbeRequest AsNobody() => this with { Arguments = [.. Arguments, "--uid", $"{UserIdentity.Nobody}"] };

    private static ProbeRequest Create(List<string> arguments, TimeSpan timeout, int attempts = 1, string? device = null)
    {
        Add(arguments, "--device", device);
        Add(arguments, "--timeout", timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        return new ProbeRequest([.. arguments], (timeout * attempts) + Grace);
    }

    private static string[] From(int? port) => port is null ? [] : ["--from-port", $"{port}"];

    private static void Add(List<string> arguments, string option, string? value)
    {
        if (value is not null)
        {
            arguments.AddRange([option, value]);
        }
    }
}
