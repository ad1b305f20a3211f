using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Culvert.Proxy.Users;

namespace Culvert.Proxy.Http;

/// <summary>Basic proxy credentials (RFC 7617), checked where they stand; the decoded bytes are wiped.</summary>
internal static class BasicCredentials
{
    private const int MaximumDecoded = 512;

    /// <summary>Null when the client may go on, as <paramref name="user"/>. Another scheme than Basic counts as none given.</summary>
    public static ProxyFailure? Check(Gate gate, IPAddress client, ReadOnlySpan<byte> value, out string? user)
    {
        user = null;
        var scheme = "Basic "u8;
        if (value.Length <= scheme.Length || !FieldNames.Is(value[..scheme.Length], scheme))
        {
            return ProxyFailure.AuthenticationRequired;
        }

        Span<byte> decoded = stackalloc byte[MaximumDecoded];
        var encoded = value[scheme.Length..].Trim((byte)' ');
        var isBase64 = Base64.DecodeFromUtf8(encoded, decoded, out _, out var length) == System.Buffers.OperationStatus.Done;
        var pair = isBase64 ? decoded[..length] : default;
        var colon = pair.IndexOf((byte)':');

        // What cannot be read is checked like a wrong password, so that it counts and costs the same.
        var refused = gate.Check(client, colon < 0 ? default : pair[..colon], colon < 0 ? default : pair[(colon + 1)..], out user);
        CryptographicOperations.ZeroMemory(decoded);
        return refused;
    }
}
