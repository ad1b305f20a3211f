using System.Net;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>
/// Ends TCP connections whose way is gone, with <c>ss --kill</c>: whoever holds one is told at once instead of waiting for a
/// timeout. Needs NET_ADMIN and a kernel with INET_DIAG_DESTROY, as Debian's has; on another, none is ended.
/// </summary>
internal sealed class TunnelConnections(DnsSettings dns)
{
    private readonly string lookups = string.Join(" or ", dns.Upstreams
        .Where(upstream => upstream.Address.AddressFamily == AddressFamily.InterNetwork)
        .Select(upstream => $"dst {upstream.Address}:{upstream.Port}"));

    private (int Exit, IPAddress Address)? last;

    /// <summary>The resolver's to its upstreams: on one of them it waits for as long as a slow answer may take.</summary>
    public Task EndLookupsAsync(CancellationToken cancellationToken) => lookups == "" ? Task.CompletedTask : EndAsync(lookups, cancellationToken);

    /// <summary>
    /// Before tun0 goes up: those through another exit, or through the same when it gave us another address, which knows
    /// nothing of them. As the link is down, no packet tells of their end. Returns their number.
    /// </summary>
    public async Task<int> EndOfOtherExitsAsync(int exit, IPAddress address, CancellationToken cancellationToken)
    {
        var before = last;
        last = (exit, address);
        return before is { } other && other != last ? await EndAsync($"src {other.Address}", cancellationToken) : 0;
    }

    private static async Task<int> EndAsync(string filter, CancellationToken cancellationToken)
    {
        var ended = await Subprocess.RequireAsync("ss", ["--ipv4", "--tcp", "--no-header", "--oneline", "--kill", filter], cancellationToken);
        return ended.Count(character => character == '\n');
    }
}
