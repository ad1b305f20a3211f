using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Resolve;

/// <summary>
/// One question and its answer over UDP, over TCP when the answer was truncated. A fresh connected socket each: the
/// kernel picks the source port at random, drops strangers' datagrams, and reports a resolver that is not there at once.
/// </summary>
internal sealed class DnsExchange(IPEndPoint server, TimeProvider time)
{
    private const int MaximumDatagram = 4096;
    private static readonly TimeSpan Retransmission = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Answers within five seconds, with <see cref="DnsAnswer.Failed"/> when nothing better is known.</summary>
    public async Task<DnsAnswer> AskAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, time, cancellationToken);
        var buffer = BufferPool.Rent(MaximumDatagram);
        try
        {
            var id = KernelRandom.UInt16();
            var length = DnsMessage.WriteQuestion(buffer, id, question);
            var answer = await AskOverUdpAsync(buffer.AsMemory(0, length), buffer.AsMemory(length), id, question, deadline.Token);
            return answer ?? await AskOverTcpAsync(buffer.AsMemory(0, length), id, question, deadline.Token);
        }
        catch (SocketException)
        {
            return DnsAnswer.Failed;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DnsAnswer.Failed;
        }
        finally
        {
            BufferPool.GiveBack(buffer, written: 0);
        }
    }

    /// <summary>Null when the answer does not fit a datagram.</summary>
    private async Task<DnsAnswer?> AskOverUdpAsync(
        ReadOnlyMemory<byte> asked, Memory<byte> answer, ushort id, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var socket = ReactorSocket.Open(server.Address, SocketType.Dgram, Reactor.Nearest);
        await socket.ConnectAsync(server, cancellationToken);
        while (true)
        {
            await socket.SendAsync(asked, cancellationToken);
            using var patience = new Deadline(Retransmission, time, cancellationToken);
            try
            {
                while (true)
                {
                    var received = answer[..await socket.ReceiveAsync(answer, patience.Token)];
                    if (DnsMessage.Answers(received.Span, id, question))
                    {
                        return DnsMessage.IsTruncated(received.Span) ? null : DnsMessage.Read(received.Span, question);
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Lost or slow: ask again; the answer to either is the same.
            }
        }
    }

    // RFC 1035 section 4.2.2: each message over TCP has its length in two bytes before it.
    private async Task<DnsAnswer> AskOverTcpAsync(ReadOnlyMemory<byte> asked, ushort id, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var socket = ReactorSocket.Open(server.Address, SocketType.Stream, Reactor.Nearest);
        await socket.ConnectAsync(server, cancellationToken);
        var framed = new byte[2 + asked.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)asked.Length);
        asked.CopyTo(framed.AsMemory(2));
        await socket.SendAsync(framed, cancellationToken);

        var prefix = new byte[2];
        if (!await ReceiveAllAsync(socket, prefix, cancellationToken))
        {
            return DnsAnswer.Failed;
        }

        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        return await ReceiveAllAsync(socket, message, cancellationToken) && DnsMessage.Answers(message, id, question)
            ? DnsMessage.Read(message, question)
            : DnsAnswer.Failed;
    }

    private static async Task<bool> ReceiveAllAsync(ReactorSocket socket, Memory<byte> into, CancellationToken cancellationToken)
    {
        while (!into.IsEmpty)
        {
            var count = await socket.ReceiveAsync(into, cancellationToken);
            if (count == 0)
            {
                return false;
            }

            into = into[count..];
        }

        return true;
    }
}
