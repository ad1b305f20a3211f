using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Linux;

/// <summary>A packet that a rule's <c>log … group</c> tells of: the rule's prefix, the owner of its socket where it has one, and its beginning from the network's header on.</summary>
internal sealed record LoggedPacket(string Prefix, uint? Uid, ushort EtherType, byte[] Bytes);

/// <summary>
/// Hears one NFLOG group of the namespace that this process stands in (linux/netfilter/nfnetlink_log.h). Needs CAP_NET_ADMIN; a group has one listener.
/// </summary>
internal sealed class NetfilterLog : IDisposable
{
    private const ushort PacketMessage = 4 << 8;
    private const ushort ConfigMessage = (4 << 8) | 1;
    private const ushort ErrorMessage = 2;
    private const ushort RequestAndAcknowledge = 1 | 4;
    private const int Header = 16;
    private const int GroupHeader = 4;
    private const int MostOfAPacket = 128;

    private readonly int socket;
    private readonly byte[] buffer = new byte[64 * 1024];

    private NetfilterLog(int socket) => this.socket = socket;

    /// <summary>Listens from now on. Throws <see cref="IOException"/> with the reason: no right, or somebody else listens.</summary>
    public static NetfilterLog Open(ushort group)
    {
        var log = new NetfilterLog(Require(SocketCalls.OpenNetfilter(), "opening a netlink socket"));
        try
        {
            Require(SocketCalls.Send(log.socket, Listening(group)), "asking for the packets of a group");
            Require(log.Acknowledgement(), $"listening to NFLOG group {group}");
            return log;
        }
        catch (IOException)
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>What came since the last call, without waiting. Throws <see cref="IOException"/>, as when some were lost because nobody read.</summary>
    public IReadOnlyList<LoggedPacket> Read()
    {
        var packets = new List<LoggedPacket>();
        while (SocketCalls.Receive(socket, buffer) is var length && length != -Errno.TryAgain)
        {
            packets.AddRange(Parse(buffer.AsSpan(0, Require(length, "reading logged packets"))));
        }

        return packets;
    }

    /// <summary>The packets of one datagram from the kernel; what is not one, or ends before it should, is passed over.</summary>
    public static IReadOnlyList<LoggedPacket> Parse(ReadOnlySpan<byte> datagram)
    {
        var packets = new List<LoggedPacket>();
        while (TakeMessage(ref datagram, out var type, out var body))
        {
            if (type == PacketMessage && body.Length >= GroupHeader)
            {
                packets.Add(ParsePacket(body[GroupHeader..]));
            }
        }

        return packets;
    }

    public void Dispose() => SocketCalls.Close(socket);

    private static LoggedPacket ParsePacket(ReadOnlySpan<byte> attributes)
    {
        var packet = new LoggedPacket("", null, 0, []);
        while (TakeAttribute(ref attributes, out var type, out var value))
        {
            packet = type switch
            {
                1 when value.Length >= 2 => packet with { EtherType = BinaryPrimitives.ReadUInt16BigEndian(value) },
                9 => packet with { Bytes = value.ToArray() },
                10 => packet with { Prefix = Encoding.ASCII.GetString(value.TrimEnd((byte)0)) },
                11 when value.Length >= 4 => packet with { Uid = BinaryPrimitives.ReadUInt32BigEndian(value) },
                _ => packet,
            };
        }

        return packet;
    }

    // netlink(7), in the machine's own order: 4 length with this header | 2 type | 2 flags | 4 sequence | 4 port; padded to 4.
    private static bool TakeMessage(ref ReadOnlySpan<byte> rest, out ushort type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = [];
        var length = rest.Length < Header ? 0 : MemoryMarshal.Read<uint>(rest);
        if (length < Header || length > rest.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(rest[4..]);
        body = rest[Header..(int)length];
        rest = rest[Math.Min(Padded((int)length), rest.Length)..];
        return true;
    }

    // 2 length with this header | 2 type, whose two highest bits are flags | value; padded to 4.
    private static bool TakeAttribute(ref ReadOnlySpan<byte> rest, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = [];
        var length = rest.Length < 4 ? 0 : MemoryMarshal.Read<ushort>(rest);
        if (length < 4 || length > rest.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(rest[2..]) & 0x3fff;
        value = rest[4..length];
        rest = rest[Math.Min(Padded(length), rest.Length)..];
        return true;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    // The command "bind" (1, one byte: 1), and how much of each packet (2: 4 bytes, one byte: 2 for the packet itself, padding).
    private static byte[] Listening(ushort group)
    {
        var message = new byte[Header + GroupHeader + 8 + 12];
        var header = message.AsSpan();
        MemoryMarshal.Write(header, (uint)message.Length);
        MemoryMarshal.Write(header[4..], ConfigMessage);
        MemoryMarshal.Write(header[6..], RequestAndAcknowledge);
        BinaryPrimitives.WriteUInt16BigEndian(header[(Header + 2)..], group);
        var command = header[(Header + GroupHeader)..];
        MemoryMarshal.Write(command, (ushort)5);
        MemoryMarshal.Write(command[2..], (ushort)1);
        command[4] = 1;
        var mode = command[8..];
        MemoryMarshal.Write(mode, (ushort)10);
        MemoryMarshal.Write(mode[2..], (ushort)2);
        BinaryPrimitives.WriteUInt32BigEndian(mode[4..], MostOfAPacket);
        mode[8] = 2;
        return message;
    }

    /// <summary>The kernel answers before the call that asked returns: 0, or a negated errno.</summary>
    private int Acknowledgement()
    {
        var length = SocketCalls.Receive(socket, buffer);
        ReadOnlySpan<byte> answer = buffer.AsSpan(0, Math.Max(length, 0));
        return length < 0 ? length
            : TakeMessage(ref answer, out var type, out var body) && type == ErrorMessage && body.Length >= 4 ? MemoryMarshal.Read<int>(body)
            : -Errno.InvalidArgument;
    }

    private static int Require(int result, string attempt) =>
        result >= 0 ? result : throw new IOException($"{attempt} failed: {Marshal.GetPInvokeErrorMessage(-result)}");
}
