namespace Culvert.Proxy.Http;

internal enum BodyKind
{
    None,
    Length,
    Chunked,

    /// <summary>A response that ends with its connection.</summary>
    UntilClose,
}

/// <summary>How long a body is (RFC 9112 section 6.3).</summary>
internal readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    public static readonly BodyFraming None = new(BodyKind.None, 0);
    public static readonly BodyFraming Chunked = new(BodyKind.Chunked, 0);
    public static readonly BodyFraming UntilClose = new(BodyKind.UntilClose, 0);

    public static BodyFraming OfLength(long length) => length == 0 ? None : new(BodyKind.Length, length);
}
