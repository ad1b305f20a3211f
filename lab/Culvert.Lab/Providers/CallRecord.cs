using System.Security.Cryptography;
using System.Text;

namespace Culvert.Lab.Providers;

/// <summary>
/// One call as a provider saw it. <see cref="Peer"/> is where it came from; the key is kept only as <see cref="KeySha256"/>, so a
/// caller with a key of its own finds its own record. <see cref="Completed"/> is false when the caller went away before the end.
/// </summary>
public sealed record CallRecord(
    DateTimeOffset Time,
    string Provider,
    string Peer,
    string Scheme,
    string Protocol,
    string Method,
    string Path,
    string Host,
    string? Sni,
    string? UserAgent,
    string? KeySha256,
    IReadOnlyList<string> HeaderNames,
    string? Model,
    bool Stream,
    int Status,
    int Chunks,
    bool Completed)
{
    /// <summary>What <see cref="KeySha256"/> is for this key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
