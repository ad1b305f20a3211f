using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Proxy.Users;

/// <summary>
/// Names and passwords as keyed hashes under a key of this process. A check costs the same for a wrong name, a wrong
/// password and the right one: one hash, then a fixed-time comparison with every user.
/// </summary>
internal sealed class UserTable
{
    private const int MaximumField = 255;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ImmutableArray<byte[]> _hashes;

    public UserTable(IEnumerable<(string Name, string Password)> users) =>
        _hashes = [.. users.Select(user => Hash(Encoding.UTF8.GetBytes(user.Name), Encoding.UTF8.GetBytes(user.Password)))];

    /// <summary>Without users whoever reaches the ports is trusted.</summary>
    public bool IsEmpty => _hashes.IsEmpty;

    public bool Knows(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        var given = Hash(name, password);
        var found = false;
        foreach (var hash in _hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(given, hash);
        }

        return found && name.Length <= MaximumField && password.Length <= MaximumField;
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
