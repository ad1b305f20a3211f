using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Proxy;

namespace Culvert.Fuzz.Targets;

/// <summary>Hosts, against inet_aton(3) itself: what libc takes for an address must be that address, and never a name.</summary>
internal static partial class HostTarget
{
    public static readonly FuzzTarget Target = new("host", Check, ["0x", "0X7f", "127", ".", "..", "0177", "4294967295", "256", "localhost", "[", "]", "::", "ffff:", "%eth0", "xn--", "_"]);

    private static void Check(byte[] input)
    {
        var destination = Destination.Parse(input, 443);
        if (destination?.Name is { } name && !NameShape().IsMatch(name))
        {
            throw new DisagreementException($"'{name}' passes for a name");
        }

        var text = Encoding.Latin1.GetString(input);

        // libc stops reading at NUL and at white space, which is no part of a host here.
        if (text.Any(letter => letter is <= ' ' or > '~'))
        {
            if (destination is not null)
            {
                throw new DisagreementException("a host with white space, a control or a byte beyond ASCII is taken");
            }

            return;
        }

        if (ReadAddress(text, out var network) == 0)
        {
            return;
        }

        var expected = new IPAddress(network);
        if (destination?.Address is not { } address || !address.Equals(expected))
        {
            throw new DisagreementException($"libc reads '{text}' as {expected}, this as {destination?.Address?.ToString() ?? destination?.Name ?? "nothing"}");
        }
    }

    [GeneratedRegex(@"\A(?=.{1,253}\z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\z")]
    private static partial Regex NameShape();

    [LibraryImport("libc", EntryPoint = "inet_aton", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadAddress(string text, out uint network);
}
