using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Who ran <c>culvert run</c>: the user behind sudo, or root itself.</summary>
internal sealed record CallingUser(int Uid, int Gid, UserAccount? Account)
{
    private static readonly Role[] Roles = [Role.Tunnel, Role.Resolver, Role.Proxy, Role.Status];

    /// <summary>Null, with a sentence, when the command must not run as that user.</summary>
    public static CallingUser? Identify(Func<string, string?> environment, Func<int, UserAccount?> accounts, out string? refusal)
    {
        var (uid, gid) = (Number(environment("SUDO_UID")), Number(environment("SUDO_GID")));
        refusal = uid is { } sudo && Roles.FirstOrDefault(role => role.Uid == sudo) is { } taken
            ? $"uid {sudo} is the {taken.Name}'s, which the guard treats as its own: run the command as another user"
            : gid == Role.Tunnel.Uid
                ? $"gid {gid} is the {Role.Tunnel.Name}'s, which the guard treats as its own: run the command in another group"
                : null;
        return refusal is null ? new(uid ?? 0, gid ?? uid ?? 0, accounts(uid ?? 0)) : null;
    }

    /// <summary>No capability at all; the groups are those of the user.</summary>
    public Entry ToEntry() => new(Uid, Gid) { InitGroups = Account is not null };

    /// <summary>What sudo changed and the command expects to be the user's own.</summary>
    public IEnumerable<(string Name, string Value)> Environment() => Account is { } account
        ? [("HOME", account.Home), ("USER", account.Name), ("LOGNAME", account.Name)]
        : [];

    private static int? Number(string? text) => int.TryParse(text, out var number) && number >= 0 ? number : null;
}
