namespace Culvert.Proxy.Socks;

/// <summary>The answer to SOCKS4 and 4a, in their own form: version 0, code 91 (rejected), six ignored bytes.</summary>
internal static class Socks4Refusal
{
    public static readonly ReadOnlyMemory<byte> Reply = new byte[] { 0, 91, 0, 0, 0, 0, 0, 0 };
}
