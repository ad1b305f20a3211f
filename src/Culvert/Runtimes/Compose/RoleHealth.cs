using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// Whether a role does its job, asked from inside its own container. Null is healthy; otherwise a sentence that says what
/// is wrong and what to do, which <c>docker inspect</c> and <c>culvert status</c> show.
/// </summary>
internal sealed class RoleHealth(RunDirectory run)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    /// <summary>A query for the A record of <c>localhost</c>, which unbound answers by itself (RFC 1035 section 4.1).</summary>
    private static readonly byte[] LocalQuestion =
        [0x43, 0x56, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 9, .. "localhost"u8, 0, 0, 1, 0, 1];

    /// <summary>A SOCKS5 greeting with every method that culvert knows (RFC 1928 section 3).</summary>
    private static readonly byte[] Greeting = [5, 2, 0, 2];

    public async Task<string?> ProblemAsync(Role role, CancellationToken cancellationToken)
    {
        if (NamespaceProblem(out var report) is { } problem)
        {
            return problem;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            return role.Name switch
            {
                "hold" => null,
                "tunnel" => TunnelProblem(),
                "resolver" => await ResolverProblemAsync(limit.Token),
                "status" => await StatusProblemAsync(limit.Token),
                "proxy" => await ProxyProblemAsync(limit.Token),
                _ => throw new ArgumentOutOfRangeException(nameof(role), role.Name, "this role has no health of its own"),
            };
        }
        catch (SocketException e)
        {
            return $"{role.Name} does not answer: {e.Message}; see `docker logs vpn-{role.Name}`";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{role.Name} did not answer within {Deadline.TotalSeconds:0} s; see `docker logs vpn-{role.Name}`";
        }
    }

    public static string? ProblemOf(TunnelReport? tunnel) => tunnel switch
    {
        null => "the tunnel role has reported nothing yet",
        { State: TunnelState.Connected } => null,
        _ => $"the tunnel is {tunnel.State.ToString().ToLowerInvariant()}: {tunnel.Reason ?? "no reason given"}",
    };

    private string? NamespaceProblem(out NamespaceReport? report)
    {
        report = null;
        try
        {
            report = ReportFile.ReadNamespace(run.NamespaceReport);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return $"reading {run.NamespaceReport}: {e.Message}; `culvert restart` begins anew";
        }

        return report is null
            ? "the guard does not stand yet; see `docker logs vpn`"
            : report.Network != NetworkNamespace.OwnId()
                ? "this container is attached to a namespace whose owner is gone, closed and without a network; `culvert up` attaches it to the new one"
                : null;
    }

    private string? TunnelProblem()
    {
        try
        {
            return ProblemOf(ReportFile.ReadTunnel(run.TunnelReport));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return $"reading {run.TunnelReport}: {e.Message}";
        }
    }

    private static async Task<string?> ResolverProblemAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(IPAddress.Loopback, 53, cancellationToken);
        await socket.SendAsync(LocalQuestion, cancellationToken);
        var answer = new byte[512];
        var length = await socket.ReceiveAsync(answer, cancellationToken);
        return length > 2 && answer.AsSpan(0, 2).SequenceEqual(LocalQuestion.AsSpan(0, 2)) ? null : "the resolver answered something else than it was asked";
    }

    private static async Task<string?> ProxyProblemAsync(CancellationToken cancellationToken)
    {
        using var http = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await http.ConnectAsync(IPAddress.Loopback, Role.HttpPort, cancellationToken);
        using var socks = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socks.ConnectAsync(IPAddress.Loopback, Role.SocksPort, cancellationToken);
        await socks.SendAsync(Greeting, cancellationToken);
        var answer = new byte[2];
        var length = await socks.ReceiveAsync(answer, cancellationToken);
        return length > 0 && answer[0] == 5 ? null : "port 1080 does not speak SOCKS5";
    }

    // What it shows of the others is no part of its own health.
    private static async Task<string?> StatusProblemAsync(CancellationToken cancellationToken)
    {
        using var page = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await page.ConnectAsync(IPAddress.Loopback, Role.StatusPort, cancellationToken);
        await page.SendAsync("HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellationToken);
        var answer = new byte[12];
        var length = await page.ReceiveAsync(answer, cancellationToken);
        return answer.AsSpan(0, length).EndsWith(" 200"u8) ? null : "the page is not served";
    }
}
