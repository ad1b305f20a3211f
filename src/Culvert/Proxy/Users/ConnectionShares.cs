using System.Collections.Frozen;
using System.Net;
using Culvert.Stack;

namespace Culvert.Proxy.Users;

/// <summary>How many connections an application or a user may hold at once, as the configuration says.</summary>
internal sealed class ConnectionShares(ProxySettings settings)
{
    private readonly FrozenDictionary<IPAddress, int> _applications = settings.Applications
        .Where(application => application.Own.Connections is not null)
        .ToFrozenDictionary(application => application.Address, application => application.Own.Connections!.Value);

    private readonly FrozenDictionary<string, int> _users = settings.Users
        .Where(user => user.Own?.Connections is not null)
        .ToFrozenDictionary(user => user.Name, user => user.Own!.Connections!.Value);

    /// <summary>Null where the address has no limit of its own.</summary>
    public int? Of(IPAddress application) => _applications.TryGetValue(application, out var limit) ? limit : null;

    public int Of(string user) => _users.GetValueOrDefault(user, int.MaxValue);
}
