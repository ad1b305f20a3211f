using System.Buffers.Binary;
using System.Text;

namespace Culvert.Verification.Probes;

/// <summary>What the beginning of a TCP stream is, as far as it was seen.</summary>
internal enum HelloState
{
    /// <summary>No ClientHello, or one that names no server (or hides the name).</summary>
    Nameless,

    /// <summary>A ClientHello so far; the name may follow.</summary>
    Partial,

    Named,
}

/// <summary>The one field of TLS that tells whom a client calls and is in clear: the server's name in its first message.</summary>
internal static class ClientHello
{
    /// <summary>How every one begins: a record of the handshake.</summary>
    public const byte FirstByte = 22;

    private const byte Hello = 1;
    private const ushort ServerName = 0;

    // Record (RFC 8446, 5.1): 1 type | 2 version | 2 length. Handshake (4): 1 type | 3 length | 2 version | 32 random | <1> session
    // | <2> suites | <1> compression | <2> extensions: (2 type | <2> data)*. server_name (RFC 6066, 3): <2> list: 1 type | <2> name
    public static HelloState Read(ReadOnlySpan<byte> stream, out string? name)
    {
        name = null;
        if (stream.IsEmpty || stream[0] != FirstByte || (stream.Length > 1 && stream[1] != 3) || (stream.Length > 5 && stream[5] != Hello))
        {
            return HelloState.Nameless;
        }

        var end = stream.Length >= 5 ? Math.Min(stream.Length, 5 + BinaryPrimitives.ReadUInt16BigEndian(stream[3..])) : stream.Length;
        var whole = stream.Length >= 5 && stream.Length >= 5 + BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
        name = NameIn(stream[..end]);
        return name is not null ? HelloState.Named : whole ? HelloState.Nameless : HelloState.Partial;
    }

    /// <summary>The smallest first message that names a server.</summary>
    public static byte[] Naming(string name)
    {
        var text = Encoding.ASCII.GetBytes(name);
        byte[] Sized(int bytes, byte[] data) => bytes == 1 ? [(byte)data.Length, .. data] : [(byte)(data.Length >> 8), (byte)data.Length, .. data];
        byte[] extension = [0, 0, .. Sized(2, Sized(2, [0, .. Sized(2, text)]))];
        byte[] hello = [3, 3, .. new byte[32], 0, .. Sized(2, [0x13, 0x01]), .. Sized(1, [0]), .. Sized(2, extension)];
        return [FirstByte, 3, 1, .. Sized(2, [Hello, 0, .. Sized(2, hello)])];
    }

    private static string? NameIn(ReadOnlySpan<byte> record)
    {
        // Up to the session identifier all lengths are fixed.
        var at = 5 + 4 + 2 + 32;
        if (!Skip(record, ref at, 1) || !Skip(record, ref at, 2) || !Skip(record, ref at, 1))
        {
            return null;
        }

        at += 2;
        while (record.Length >= at + 4)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(record[at..]);
            var data = at + 4;
            at += 2;
            if (!Skip(record, ref at, 2))
            {
                return null;
            }

            if (type == ServerName)
            {
                return NameInExtension(record[data..at]);
            }
        }

        return null;
    }

    private static string? NameInExtension(ReadOnlySpan<byte> data)
    {
        var at = 3;
        return data.Length > 5 && data[2] == 0 && Skip(data, ref at, 2) ? Encoding.ASCII.GetString(data[5..at]) : null;
    }

    /// <summary>Steps over a field that begins with its own length; false when it does not end within what there is.</summary>
    private static bool Skip(ReadOnlySpan<byte> bytes, ref int at, int lengthBytes)
    {
        if (bytes.Length < at + lengthBytes)
        {
            return false;
        }

        at += lengthBytes + (lengthBytes == 1 ? bytes[at] : BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]));
        return bytes.Length >= at;
    }
}
