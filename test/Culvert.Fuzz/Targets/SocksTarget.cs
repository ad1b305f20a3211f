using System.Net;
using System.Text;
using Culvert.Proxy;
using Culvert.Proxy.Socks;

namespace Culvert.Fuzz.Targets;

/// <summary>Addresses of SOCKS5 requests, against a reading byte by byte.</summary>
internal static class SocksTarget
{
    public static readonly FuzzTarget Target = new("socks", Check, ["\x01\x7f\0\0\x01\x01\xbb", "\x03\x01a\x01\xbb", "\x03\0\x01\xbb", "\x04", "\x03\xff", "127.1", "."]);

    private static void Check(byte[] input)
    {
        if (input.Length < 2)
        {
            return;
        }

        var type = input[0];
        int? expectedLength = type switch { 1 => 6, 4 => 18, 3 => input[1] + 3, _ => null };
        if (SocksAddress.LengthOf(type, input[1]) != expectedLength)
        {
            throw new DisagreementException("the length of the address is wrong");
        }

        if (expectedLength is not { } length || input.Length < 1 + length)
        {
            return;
        }

        var destination = SocksAddress.Read(type, input.AsSpan(1, length));
        var port = (input[length - 1] * 256) + input[length];
        var expected = type == 3
            ? Destination.Parse(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(input, 2, input[1])), port)
            : Destination.Of(new IPAddress(input[1..(length - 1)]), port);
        if (destination != expected || (destination is not null && destination.Port != port))
        {
            throw new DisagreementException("the address is not what its bytes say");
        }
    }
}
