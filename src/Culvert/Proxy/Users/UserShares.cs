namespace Culvert.Proxy.Users;

/// <summary>Counts the open connections of each user, and refuses beyond its limit; a limit that changes holds from the next one on.</summary>
internal sealed class UserShares(Current<ConnectionShares> shares)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = [];

    public bool TryEnter(string user)
    {
        var limit = shares.Value.Of(user);
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(user);
            if (held >= limit)
            {
                return false;
            }

            _held[user] = held + 1;
            return true;
        }
    }

    public void Leave(string user)
    {
        lock (_lock)
        {
            if (--_held[user] == 0)
            {
                _held.Remove(user);
            }
        }
    }
}

/// <summary>One connection's place in the share of the user that it comes as; a kept-alive one may change its user.</summary>
internal sealed class Seat(UserShares shares) : IDisposable
{
    private string? _user;

    /// <summary>False when the share of <paramref name="user"/> is used up; then all stays as it was.</summary>
    public bool TryTake(string? user)
    {
        if (user == _user)
        {
            return true;
        }

        if (user is not null && !shares.TryEnter(user))
        {
            return false;
        }

        Dispose();
        _user = user;
        return true;
    }

    public void Dispose()
    {
        if (_user is { } user)
        {
            _user = null;
            shares.Leave(user);
        }
    }
}
