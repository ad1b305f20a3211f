using System.Net;

namespace Culvert.Proxy.Http;

/// <summary>The connection to the server that a kept-alive client uses again while its destination stays the same.</summary>
internal sealed class ServerLink(Egress egress, IPAddress client) : IDisposable
{
    private Wire? _wire;
    private Destination? _destination;

    /// <summary>Who the present request comes from.</summary>
    public Caller Caller { get; private set; } = new(client, null);

    /// <summary>The wire served a request before, so that the server may have closed it meanwhile.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Another user than before may not go where the one before it went, so the kept connection ends.</summary>
    public void ComesAs(string? user)
    {
        if (user != Caller.User)
        {
            Close();
            Caller = Caller with { User = user };
        }
    }

    public async ValueTask<Outcome<Wire>> OpenAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (_wire is { HasPendingInput: false } kept && _destination == destination)
        {
            IsReused = true;
            return kept;
        }

        Close();
        var opened = await egress.OpenAsync(destination, Caller, cancellationToken);
        if (opened.Is(out var wire, out _))
        {
            (_wire, _destination, IsReused) = (wire, destination, false);
        }

        return opened;
    }

    public void Close()
    {
        _wire?.Dispose();
        (_wire, _destination) = (null, null);
    }

    public void Dispose() => Close();
}
