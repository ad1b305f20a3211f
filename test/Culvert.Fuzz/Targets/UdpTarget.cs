using System.Net;
using System.Text;
using Culvert.Proxy;
using Culvert.Proxy.Socks.Udp;

namespace Culvert.Fuzz.Targets;

/// <summary>Datagrams of UDP ASSOCIATE, against a reading byte by byte; and what was written is read as the same.</summary>
internal static class UdpTarget
{
    public static readonly FuzzTarget Target = new(
        "udp", Check, ["\0\0\0\x01\x7f\0\0\x01\x01\xbb", "\0\0\0\x03\x01a\x01\xbb", "\0\0\x01", "\0\0\x80", "\0\0\0\x04", "\x03\0\x01\xbb", "127.1", "\xff"]);

    private static void Check(byte[] input)
    {
        var expected = ReadSlowly(input);
        var length = UdpHeader.LengthOf(input, out var drop);
        if (length != expected.Length || (length is null && drop != expected.Drop))
        {
            throw new DisagreementException($"length {length}, {drop}, where the oracle reads {expected}");
        }

        if (length is not { } header)
        {
            return;
        }

        var destination = UdpHeader.ReadDestination(input.AsSpan(0, header));
        var port = (input[header - 2] * 256) + input[header - 1];
        var meant = input[3] == 3
            ? Destination.Parse(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(input, 5, input[4])), port)
            : Destination.Of(new IPAddress(input[4..(header - 2)]), port);
        if (destination != meant)
        {
            throw new DisagreementException("the destination is not what the bytes say");
        }

        if (destination?.Address is { } address)
        {
            CheckWriting(new IPEndPoint(address, port));
        }
    }

    private static void CheckWriting(IPEndPoint from)
    {
        var written = new byte[UdpHeader.LengthFor(from) + 1];
        UdpHeader.Write(written, from);
        if (UdpHeader.LengthOf(written, out _) != written.Length - 1
            || UdpHeader.ReadDestination(written.AsSpan(0, written.Length - 1)) != Destination.Of(from.Address, from.Port))
        {
            throw new DisagreementException($"{from} is not read as it was written");
        }
    }

    private static (int? Length, UdpDrop Drop) ReadSlowly(byte[] input)
    {
        if (input.Length < 5 || input[0] + input[1] > 0)
        {
            return (null, UdpDrop.Malformed);
        }

        if (input[2] > 0)
        {
            return (null, UdpDrop.Fragment);
        }

        int length = input[3] switch { 1 => 10, 4 => 22, 3 => 7 + input[4], _ => int.MaxValue };
        return input.Length < length ? (null, UdpDrop.Malformed) : (length, UdpDrop.Malformed);
    }
}
