namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>A Curve25519 or preshared key: 32 bytes, base64 in a .conf and hex to the client. It prints as <c>***</c>.</summary>
internal sealed class WireGuardKey
{
    private const int Length = 32;
    private readonly byte[] bytes;

    private WireGuardKey(byte[] bytes) => this.bytes = bytes;

    /// <summary>Null for what is no key; all zeroes mean "none" to WireGuard.</summary>
    public static WireGuardKey? Parse(string text)
    {
        var bytes = new byte[Length];
        return text.Length == 44 && Convert.TryFromBase64String(text, bytes, out var length) && length == Length && bytes.AsSpan().ContainsAnyExcept((byte)0)
            ? new WireGuardKey(bytes)
            : null;
    }

    public string RevealHex() => Convert.ToHexStringLower(bytes);

    public string RevealBase64() => Convert.ToBase64String(bytes);

    public override string ToString() => "***";
}
