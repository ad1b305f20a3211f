using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Stack;

namespace Culvert.Tunnel.Bootstrap;

/// <summary>Passes one message to a configured upstream over TLS, by the uplink: before there is a tunnel there is no other way.</summary>
internal sealed class BootstrapUpstream(IReadOnlyList<DnsUpstream> upstreams, TimeProvider time)
{
    private const int HeaderLength = 12;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4);

    /// <summary>The first upstream's answer that comes, each asked after the one before has failed. Null when none gives one.</summary>
    public async Task<byte[]?> AskAsync(string uplink, ReadOnlyMemory<byte> query, CancellationToken cancellationToken)
    {
        foreach (var upstream in upstreams.Where(u => u.Address.AddressFamily == AddressFamily.InterNetwork))
        {
            using var limit = new CancellationTokenSource(Deadline, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                return await AskAsync(upstream, uplink, query, either.Token);
            }
            catch (Exception e) when (e is SocketException or IOException or AuthenticationException or InvalidDataException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    private static async Task<byte[]> AskAsync(DnsUpstream upstream, string uplink, ReadOnlyMemory<byte> query, CancellationToken cancellationToken)
    {
        var socket = await DataPathProbe.ConnectAsync(uplink, new IPEndPoint(upstream.Address, upstream.Port), cancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = upstream.ServerName,
                // A chain with a gap must not be mended by a download in clear, which the guard would refuse anyway.
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            },
            cancellationToken);
        await tls.WriteAsync(Framed(query), cancellationToken);
        var length = new byte[sizeof(ushort)];
        await tls.ReadExactlyAsync(length, cancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await tls.ReadExactlyAsync(answer, cancellationToken);
        return answer.Length >= HeaderLength && answer.AsSpan(0, 2).SequenceEqual(query.Span[..2])
            ? answer
            : throw new InvalidDataException("the upstream answered something else than it was asked");
    }

    /// <summary>A message as TCP carries it (RFC 1035 section 4.2.2).</summary>
    public static byte[] Framed(ReadOnlyMemory<byte> message)
    {
        var framed = new byte[sizeof(ushort) + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsMemory(sizeof(ushort)));
        return framed;
    }
}
