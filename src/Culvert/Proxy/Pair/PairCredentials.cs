using System.Text.RegularExpressions;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>A user whom Tinyproxy lets in. Its configuration has no way to quote, so not every password can be written there.</summary>
internal sealed partial record PairCredentials(string Name, Secret Password)
{
    private const int Longest = 200;

    /// <summary>Why Tinyproxy cannot check these users' passwords, a sentence each that holds none of them.</summary>
    public static IReadOnlyList<string> Problems(ProxySettings proxy) => proxy.Engine != ProxyEngine.DanteAndTinyproxy
        ? []
        :
        [
            .. proxy.Users.Where(user => !Writable().IsMatch(user.Name))
                .Select(user => $"proxy.users: Tinyproxy knows no user name like {user.Name}; use letters, digits, '.', '_' and '-', or `engine: culvert`"),
            .. proxy.Users.Where(user => user.Password.Read().Reveal() is var password && (!Writable().IsMatch(password) || password.Length + user.Name.Length > Longest))
                .Select(user => $"{user.Password.Path}: Tinyproxy takes passwords of letters, digits, '.', '_' and '-' only, with the name up to {Longest} characters; choose such a one, or `engine: culvert`"),
        ];

    /// <summary>Reads the passwords; <see cref="IOException"/> is the caller's boundary.</summary>
    public static IReadOnlyList<PairCredentials> Of(ProxySettings proxy) =>
        Problems(proxy) is [var problem, ..]
            ? throw new IOException(problem)
            : [.. proxy.Users.Select(user => new PairCredentials(user.Name, user.Password.Read()))];

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+\z")]
    private static partial Regex Writable();
}
