using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Verification.Probes;

/// <summary>How a GET is made. <see cref="Dns"/> asks this server instead of the system; <see cref="Proxy"/> resolves at the proxy.</summary>
internal sealed record HttpProbeOptions(Uri? Proxy, IPAddress? Dns, string? Device, TimeSpan Timeout, ProbeSecrets Secrets);

/// <summary>One GET over IPv4: direct, through an HTTP proxy, or through SOCKS5 with the name resolved by the proxy.</summary>
internal static class HttpProbe
{
    private const int MostRead = 4096;

    /// <summary>Tries the addresses in order and gives the first success, or what the last one came to.</summary>
    public static async Task<ProbeAnswer> RunAsync(
        IReadOnlyList<Uri> urls, HttpProbeOptions options, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        var via = options.Proxy is null ? "" : $" via {options.Proxy.Scheme}://{options.Proxy.Authority}";
        ProbeAnswer? answer = null;
        foreach (var url in urls)
        {
            answer = await ProbeAnswer.OfAsync(
                "GET", $"{url.Scheme}://{url.Authority}{url.AbsolutePath}{via}", options.Timeout, limit => GetAsync(client, url, options.Secrets, limit), cancellationToken);
            if (answer.Status is >= 200 and < 300)
            {
                break;
            }
        }

        return answer ?? throw new ArgumentException("no URL to get", nameof(urls));
    }

    private static async Task<(string Answer, int? Status)> GetAsync(
        HttpClient client, Uri url, ProbeSecrets secrets, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in secrets.Headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var start = new byte[MostRead];
        var length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        return (Encoding.UTF8.GetString(start, 0, length).Trim(), (int)response.StatusCode);
    }

    private static SocketsHttpHandler CreateHandler(HttpProbeOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = options.Proxy is not null,
            ConnectCallback = async (context, cancellationToken) => new NetworkStream(
                await ConnectAsync(context.DnsEndPoint, options, cancellationToken), ownsSocket: true),
        };
        if (options.Proxy is { } proxy)
        {
            // .NET's socks5 sends the name to the proxy, which is what others call socks5h.
            var uri = proxy.Scheme == "socks5h" ? new UriBuilder(proxy) { Scheme = "socks5" }.Uri : proxy;
            handler.Proxy = new WebProxy(uri)
            {
                Credentials = options.Secrets.User is { } user ? new NetworkCredential(user, options.Secrets.Password) : null,
            };
        }

        return handler;
    }

    // IPv4 only: a service that sees the host over IPv6 would make every comparison of addresses come out different.
    private static async Task<Socket> ConnectAsync(
        DnsEndPoint target, HttpProbeOptions options, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(target.Host, options.Dns, cancellationToken);
        SocketException? failure = null;
        foreach (var address in addresses.Take(3))
        {
            try
            {
                return await ProbeSocket.ConnectTcpAsync(new IPEndPoint(address, target.Port), options.Device, cancellationToken);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure ?? (Exception)new InvalidDataException($"{target.Host} has no IPv4 address");
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, IPAddress? dns, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        if (dns is null)
        {
            return await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellationToken);
        }

        var response = await DnsProbe.AskAsync(new IPEndPoint(dns, 53), host, tcp: false, device: null, cancellationToken);
        return response.Addresses.Count > 0
            ? response.Addresses
            : throw new InvalidDataException($"{dns} answered {response} for {host}");
    }
}
