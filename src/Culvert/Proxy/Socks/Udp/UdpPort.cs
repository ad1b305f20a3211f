using System.Net;
using System.Net.Sockets;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>
/// The one UDP port of the proxy, which the guard can name exactly, and the associations behind it. A datagram belongs to
/// the association that its address is pinned to; the first one of an address pins the association, of its application,
/// that said it would send from that port, or else has waited longest.
/// </summary>
internal sealed class UdpPort : IDisposable
{
    private readonly DatagramSocket _socket;
    private readonly ApplicationAddresses _applications;
    private readonly UdpSurroundings _surroundings;
    private readonly ProxyLimits _limits;
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, UdpAssociation> _pinned = [];
    private readonly List<UdpAssociation> _waiting = [];
    private readonly Dictionary<Caller, int> _held = [];
    private int _open;

    /// <summary>Throws <see cref="SocketException"/> when the port is taken.</summary>
    public UdpPort(IPEndPoint endPoint, ApplicationAddresses applications, UdpSurroundings surroundings, ProxyLimits limits)
    {
        (_applications, _surroundings, _limits) = (applications, surroundings, limits);
        _socket = DatagramSocket.Listen(endPoint, Reactor.All[0]);
        _ = _socket.ReceiveAllAsync(FromClient);
    }

    public int Port => _socket.EndPoint.Port;

    public Outcome<UdpAssociation> Open(Caller caller, int declaredPort)
    {
        lock (_lock)
        {
            if (!_surroundings.Tunnel.IsUp())
            {
                return ProxyFailure.TunnelDown;
            }

            var held = _held.GetValueOrDefault(caller);
            if (_open >= _limits.Associations)
            {
                return ProxyFailure.TooBusy;
            }

            if (held >= _limits.AssociationsPerClient)
            {
                return ProxyFailure.ShareUsedUp;
            }

            try
            {
                var association = new UdpAssociation(caller, declaredPort, _socket, _surroundings);
                _waiting.Add(association);
                _held[caller] = held + 1;
                _open++;
                _surroundings.Counters.Opened();
                return association;
            }
            catch (SocketException)
            {
                return ProxyFailure.TooBusy;
            }
        }
    }

    public void Close(UdpAssociation association)
    {
        lock (_lock)
        {
            _waiting.Remove(association);
            if (association.Client is { } client)
            {
                _pinned.Remove(client);
            }

            _open--;
            if (--_held[association.Caller] == 0)
            {
                _held.Remove(association.Caller);
            }
        }

        _surroundings.Counters.Closed();
        association.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private void FromClient(Datagram datagram)
    {
        if (Find(datagram.From) is not { } association)
        {
            _surroundings.Counters.Dropped(UdpDrop.NoAssociation);
            return;
        }

        try
        {
            association.FromClient(datagram.Bytes);
        }
#pragma warning disable CA1031 // The boundary of one datagram: a bug in it must not end the port for all.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _surroundings.Notices.Fault(fault);
        }
    }

    private UdpAssociation? Find(IPEndPoint from)
    {
        lock (_lock)
        {
            if (_pinned.TryGetValue(from, out var pinned))
            {
                return pinned;
            }

            var application = _applications.Of(from.Address);
            var found = _waiting.Find(waiting => waiting.Caller.Address.Equals(application) && waiting.DeclaredPort == from.Port)
                ?? _waiting.Find(waiting => waiting.Caller.Address.Equals(application) && waiting.DeclaredPort == 0);
            if (found is not null)
            {
                found.Client = from;
                _waiting.Remove(found);
                _pinned[from] = found;
            }

            return found;
        }
    }
}
