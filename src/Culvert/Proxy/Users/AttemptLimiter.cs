using System.Net;

namespace Culvert.Proxy.Users;

/// <summary>Ten wrong passwords a minute from one address; then its attempts are refused unread until the minute is over.</summary>
internal sealed class AttemptLimiter(TimeProvider time)
{
    public const int Allowed = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int MaximumClients = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, (long Since, int Count)> _failures = [];

    public bool IsBlocked(IPAddress client)
    {
        lock (_lock)
        {
            return _failures.TryGetValue(client, out var failures)
                && failures.Count >= Allowed
                && time.GetElapsedTime(failures.Since) < Window;
        }
    }

    public void Failed(IPAddress client)
    {
        lock (_lock)
        {
            var known = _failures.TryGetValue(client, out var failures) && time.GetElapsedTime(failures.Since) < Window;
            if (!known && _failures.Count >= MaximumClients)
            {
                Forget();
            }

            _failures[client] = known ? failures with { Count = failures.Count + 1 } : (time.GetTimestamp(), 1);
        }
    }

    // Windows that are over go; when all are fresh, the one that began first goes.
    private void Forget()
    {
        foreach (var (client, failures) in _failures)
        {
            if (time.GetElapsedTime(failures.Since) >= Window)
            {
                _failures.Remove(client);
            }
        }

        if (_failures.Count >= MaximumClients)
        {
            _failures.Remove(_failures.MinBy(failures => failures.Value.Since).Key);
        }
    }
}
