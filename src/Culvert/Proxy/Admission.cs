using System.Net;
using Culvert.Proxy.Users;

namespace Culvert.Proxy;

/// <summary>Counts open connections, in all and for each client, and refuses beyond the limits.</summary>
internal sealed class Admission(ProxyLimits limits, Current<ConnectionShares> shares)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _clients = [];
    private readonly MemoryReturn _memory = new();
    private TaskCompletionSource _empty = Completed();
    private int _open;

    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open;
            }
        }
    }

    public AdmissionResult TryEnter(IPAddress client)
    {
        lock (_lock)
        {
            var held = _clients.GetValueOrDefault(client);
            if (_open >= limits.Connections)
            {
                return AdmissionResult.Full;
            }

            if (held >= Math.Min(limits.ConnectionsPerClient, shares.Value.Of(client) ?? int.MaxValue))
            {
                return AdmissionResult.ClientFull;
            }

            _clients[client] = held + 1;
            if (_open++ == 0)
            {
                _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _memory.Entered(_open);
            return AdmissionResult.Entered;
        }
    }

    public void Leave(IPAddress client)
    {
        lock (_lock)
        {
            var held = _clients[client] - 1;
            if (held == 0)
            {
                _clients.Remove(client);
            }
            else
            {
                _clients[client] = held;
            }

            _memory.Left(_open - 1);
            if (--_open == 0)
            {
                _empty.SetResult();
            }
        }
    }

    /// <summary>Ends when no connection is open.</summary>
    public Task WhenEmptyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _empty.Task.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}

internal enum AdmissionResult
{
    Entered,
    Full,
    ClientFull,
}
