using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Culvert.Linux;

namespace Culvert.Proxy.Users;

/// <summary>
/// Names and passwords as keyed hashes under a key of this process. A check costs the same for a wrong name, a wrong
/// password and the right one: one hash, then a fixed-time comparison with every user.
/// </summary>
internal sealed class UserTable
{
    private const int MaximumField = 255;

    private readonly byte[] _key = KernelRandom.Bytes(32);
    private readonly ImmutableArray<(string Name, byte[] Hash)> _users;

    public UserTable(IEnumerable<(string Name, string Password)> users) =>
        _users = [.. users.Select(user => (user.Name, Hash(Encoding.UTF8.GetBytes(user.Name), Encoding.UTF8.GetBytes(user.Password))))];

    /// <summary>Without users whoever reaches the ports is trusted.</summary>
    public bool IsEmpty => _users.IsEmpty;

    /// <summary>The name of the user that both belong to, or null.</summary>
    public string? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        var given = Hash(name, password);
        string? found = null;
        foreach (var user in _users)
        {
            found = CryptographicOperations.FixedTimeEquals(given, user.Hash) ? user.Name : found;
        }

        return name.Length <= MaximumField && password.Length <= MaximumField ? found : null;
    }

    // The length in front keeps "ab"+"c" and "a"+"bc" apart.
    private byte[] Hash(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        name = name[..Math.Min(name.Length, MaximumField)];
        password = password[..Math.Min(password.Length, MaximumField)];
        Span<byte> text = stackalloc byte[1 + (2 * MaximumField)];
        text.Clear();
        text[0] = (byte)name.Length;
        name.CopyTo(text[1..]);
        password.CopyTo(text[(1 + MaximumField)..]);
        var hash = HMACSHA256.HashData(_key, text);
        CryptographicOperations.ZeroMemory(text);
        return hash;
    }
}
