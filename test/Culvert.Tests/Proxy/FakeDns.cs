using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tests.Proxy;

/// <summary>A real DNS server on a loopback port, UDP and TCP, that answers from a table and counts what it was asked.</summary>
internal sealed class FakeDns : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public FakeDns()
    {
        (_udp, _tcp) = Bind();
        _tcp.Listen();
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Names to addresses; a name that is not here does not exist.</summary>
    public ConcurrentDictionary<string, string[]> Names { get; } = [];

    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Answers are held until this ends.</summary>
    public Task Release { get; set; } = Task.CompletedTask;

    /// <summary>Writes the answer to a question in place of the table's.</summary>
    public Func<byte[], IEnumerable<byte[]>>? Script { get; set; }

    public bool TruncatesOverUdp { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _udp.Dispose();
        _tcp.Dispose();
    }

    /// <summary>Header and question of the answer to a question, with these counts; records follow.</summary>
    public static byte[] Answer(byte[] question, int code, int answers, params byte[][] records)
    {
        var end = QuestionEnd(question);
        byte[] message = [.. question[..end], .. records.SelectMany(record => record)];
        message[2] = 0x81;
        message[3] = (byte)(0x80 | code);
        message[7] = (byte)answers;
        message[9] = (byte)(records.Length - answers);
        message[11] = 0;
        return message;
    }

    /// <summary>A record of the name in the question (a pointer to it), living for a minute unless told.</summary>
    public static byte[] Record(string address, int timeToLive = 60)
    {
        var octets = IPAddress.Parse(address).GetAddressBytes();
        return Record([0xC0, 12], octets.Length == 4 ? 1 : 28, octets, timeToLive);
    }

    public static byte[] Record(byte[] owner, int type, byte[] data, int timeToLive = 60) =>
        [.. owner, 0, (byte)type, 0, 1, (byte)(timeToLive >> 24), (byte)(timeToLive >> 16), (byte)(timeToLive >> 8), (byte)timeToLive,
            (byte)(data.Length >> 8), (byte)data.Length, .. data];

    public static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    // A free UDP port may be taken on TCP by another test.
    private static (Socket Udp, Socket Tcp) Bind()
    {
        while (true)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                udp.Bind(tcp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var question = buffer[..received.ReceivedBytes];
                _ = ReplyAsync(question, received.RemoteEndPoint);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ReplyAsync(byte[] question, EndPoint to)
    {
        foreach (var answer in Answers(question, overUdp: true))
        {
            await Release.WaitAsync(_stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await _udp.SendToAsync(answer, to);
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(client);
                var prefix = new byte[2];
                await stream.ReadExactlyAsync(prefix, _stop.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await stream.ReadExactlyAsync(question, _stop.Token);
                var answer = Answers(question, overUdp: false).First();
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private IEnumerable<byte[]> Answers(byte[] question, bool overUdp)
    {
        var (name, type) = Read(question);
        Asked.Enqueue($"{name} {type}");
        if (Script is not null)
        {
            return Script(question);
        }

        if (overUdp && TruncatesOverUdp)
        {
            var truncated = Answer(question, 0, 0);
            truncated[2] |= 2;
            return [truncated];
        }

        if (!Names.TryGetValue(name, out var addresses))
        {
            return [Answer(question, 3, 0)];
        }

        byte[][] records = [.. addresses.Where(address => address.Contains(':') == (type == 28)).Select(address => Record(address))];
        return [Answer(question, 0, records.Length, records)];
    }

    private static (string Name, int Type) Read(byte[] question)
    {
        var labels = new List<string>();
        var offset = 12;
        for (; question[offset] != 0; offset += question[offset] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(question, offset + 1, question[offset]));
        }

        return (string.Join('.', labels), question[offset + 2]);
    }

    private static int QuestionEnd(byte[] question)
    {
        var offset = 12;
        while (question[offset] != 0)
        {
            offset += question[offset] + 1;
        }

        return offset + 5;
    }
}
