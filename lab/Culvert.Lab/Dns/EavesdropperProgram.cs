using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Culvert.Lab.Providers;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Dns;

/// <summary>A resolver that works, as an ISP's does, and writes down every query it hears, over UDP and TCP, on every address a leak would go to.</summary>
internal static class EavesdropperProgram
{
    public const string Ready = "eavesdropper is listening";
    private static readonly Dictionary<string, IReadOnlyList<IPAddress>> Names = KnownNames();

    public static async Task<int> RunAsync(string file, CancellationToken cancellationToken)
    {
        var heard = new JsonLines<HeardQuery>(file);
        var ears = new List<Task>();
        foreach (var address in LabAddresses.PublicResolvers.Prepend(LabAddresses.IspResolver))
        {
            var local = new IPEndPoint(address, 53);
            var datagrams = new UdpClient(local);
            var streams = new TcpListener(local);
            streams.Start();
            ears.Add(ListenAsync(datagrams, address, heard, cancellationToken));
            ears.Add(ListenAsync(streams, address, heard, cancellationToken));
        }

        Console.WriteLine(Ready);
        await (await Task.WhenAny(ears));
        return 0;
    }

    private static async Task ListenAsync(UdpClient datagrams, IPAddress local, JsonLines<HeardQuery> heard, CancellationToken cancellationToken)
    {
        while (true)
        {
            var query = await datagrams.ReceiveAsync(cancellationToken);
            if (Hear(query.Buffer, "udp", local, query.RemoteEndPoint, heard) is { } answer)
            {
                await datagrams.SendAsync(answer, query.RemoteEndPoint, cancellationToken);
            }
        }
    }

    private static async Task ListenAsync(TcpListener streams, IPAddress local, JsonLines<HeardQuery> heard, CancellationToken cancellationToken)
    {
        var talks = new List<Task>();
        while (true)
        {
            var caller = await streams.AcceptTcpClientAsync(cancellationToken);
            talks.RemoveAll(talk => talk.IsCompleted);
            talks.Add(TalkAsync(caller, local, heard, cancellationToken));
        }
    }

    private static async Task TalkAsync(TcpClient caller, IPAddress local, JsonLines<HeardQuery> heard, CancellationToken cancellationToken)
    {
        using (caller)
        {
            try
            {
                var stream = caller.GetStream();
                var length = new byte[2];
                while (true)
                {
                    await stream.ReadExactlyAsync(length, cancellationToken);
                    var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    await stream.ReadExactlyAsync(query, cancellationToken);
                    if (Hear(query, "tcp", local, caller.Client.RemoteEndPoint!, heard) is not { } answer)
                    {
                        return;
                    }

                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    await stream.WriteAsync((byte[])[.. length, .. answer], cancellationToken);
                }
            }
            catch (IOException)
            {
                // The caller hung up; what it asked is written down already.
            }
        }
    }

    private static byte[]? Hear(byte[] message, string protocol, IPAddress local, EndPoint caller, JsonLines<HeardQuery> heard)
    {
        var question = DnsQuestion.Read(message);
        var from = ((IPEndPoint)caller).Address.ToString();
        heard.Append(new HeardQuery(DateTimeOffset.UtcNow, protocol, local.ToString(), from, question?.Name ?? "(unreadable)", question?.Type ?? 0));
        return question?.Answer(message, Names.GetValueOrDefault(question.Name));
    }

    private static Dictionary<string, IReadOnlyList<IPAddress>> KnownNames()
    {
        var names = LabAddresses.Providers.ToDictionary(
            provider => provider.Host,
            provider => (IReadOnlyList<IPAddress>)[.. new[] { provider.Address, provider.AddressV6 }.OfType<IPAddress>()]);
        names[LabAddresses.DotResolverName] = [LabAddresses.DotResolver];
        return names;
    }
}
