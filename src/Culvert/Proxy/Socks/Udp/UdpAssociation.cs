using System.Net;
using System.Net.Sockets;
using Culvert.Proxy.Accounting;
using Culvert.Proxy.Dial;
using Culvert.Proxy.Engine;

namespace Culvert.Proxy.Socks.Udp;

/// <summary>What every association of the proxy shares.</summary>
internal sealed record UdpSurroundings(
    Egress Egress, TunnelDevice Tunnel, Accountant Accountant, UdpCounters Counters, Notices Notices, TimeProvider Time);

/// <summary>
/// One client's datagrams: up through the tunnel's device after the same checks as a connection, and down again from the
/// addresses that it has sent to, from no other.
/// </summary>
internal sealed class UdpAssociation : IDisposable
{
    private readonly UdpSurroundings _surroundings;
    private readonly DatagramSocket _clientSide;
    private readonly Lock _lock = new();
    private readonly FlowTable _flows = new();
    private readonly CancellationTokenSource _end = new();
    private readonly DatagramSocket _four;
    private DatagramSocket? _six;
    private HashSet<ProxyFailure>? _failures;
    private long _lastUsed;

    /// <summary>Throws <see cref="SocketException"/> where there is no descriptor left, or no tunnel.</summary>
    public UdpAssociation(Caller caller, int declaredPort, DatagramSocket clientSide, UdpSurroundings surroundings)
    {
        (Caller, DeclaredPort, _clientSide, _surroundings) = (caller, declaredPort, clientSide, surroundings);
        _lastUsed = surroundings.Time.GetTimestamp();
        _four = Open(AddressFamily.InterNetwork);
    }

    public Caller Caller { get; }

    /// <summary>The port that the client said it would send from, or 0.</summary>
    public int DeclaredPort { get; }

    /// <summary>Where the client's first datagram came from; others are not its own.</summary>
    public IPEndPoint? Client { get; set; }

    public TimeSpan Idle => _surroundings.Time.GetElapsedTime(Interlocked.Read(ref _lastUsed));

    public void FromClient(ReadOnlySpan<byte> datagram)
    {
        if (UdpHeader.LengthOf(datagram, out var drop) is not { } length)
        {
            _surroundings.Counters.Dropped(drop);
            return;
        }

        var now = Touch();
        var header = datagram[..length];
        var data = datagram[length..];
        UdpFlow? begun = null;
        UdpFlow? gone = null;
        lock (_lock)
        {
            var flow = _flows.Find(header);
            if (flow is null && UdpHeader.ReadDestination(header) is { } destination)
            {
                flow = begun = new UdpFlow(header.ToArray(), destination, now);
                gone = _flows.Add(flow);
            }

            if (flow is null)
            {
                _surroundings.Counters.Dropped(UdpDrop.Malformed);
                return;
            }

            flow.LastUsed = now;
            if (flow.Target is { } target)
            {
                Send(flow, target, data);
                return;
            }

            if (!flow.TryWait(data))
            {
                _surroundings.Counters.Dropped(UdpDrop.Waiting);
            }
        }

        Account(gone);
        if (begun is not null)
        {
            _ = BeginAsync(begun);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _four.Dispose();
        UdpFlow[] flows;
        lock (_lock)
        {
            _six?.Dispose();
            flows = [.. _flows.All];
        }

        Array.ForEach(flows, Account);
        _end.Dispose();
    }

    private DatagramSocket Open(AddressFamily family)
    {
        var socket = DatagramSocket.Open(family, Reactor.Nearest, _surroundings.Tunnel.Bind);
        _ = socket.ReceiveAllAsync(FromServer);
        return socket;
    }

    /// <summary>Never faults: it belongs to nobody.</summary>
    private async Task BeginAsync(UdpFlow flow)
    {
        Outcome<IPAddress> found;
        try
        {
            found = await _surroundings.Egress.FindAsync(flow.Destination, Caller, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }

        lock (_lock)
        {
            if (found.Is(out var address, out var failure))
            {
                var target = new IPEndPoint(address, flow.Destination.Port);
                foreach (var data in flow.Reaches(target))
                {
                    Send(flow, target, data);
                }

                return;
            }

            _flows.Remove(flow);
            Refused(flow, failure);
        }
    }

    // One line an association and a reason: a client may send thousands a second where it must not.
    private void Refused(UdpFlow flow, ProxyFailure failure)
    {
        for (var waiting = 0; waiting < flow.Waiting; waiting++)
        {
            _surroundings.Counters.Dropped(UdpDrop.Refused);
        }

        if ((_failures ??= []).Add(failure))
        {
            _surroundings.Accountant.Record(new ExchangeRecord(ProxyProtocol.SocksUdp, Caller, flow.Destination, failure, 0, 0, TimeSpan.Zero));
        }
    }

    private void Send(UdpFlow flow, IPEndPoint target, ReadOnlySpan<byte> data)
    {
        if (SocketFor(target) is not { } socket)
        {
            _surroundings.Counters.Dropped(UdpDrop.NotSent);
        }
        else if (_surroundings.Counters.Sent(socket.Send(data, target), isUp: true))
        {
            flow.Up += data.Length;
        }
    }

    private DatagramSocket? SocketFor(IPEndPoint target)
    {
        if (target.AddressFamily == AddressFamily.InterNetwork)
        {
            return _four;
        }

        try
        {
            return _end.IsCancellationRequested ? null : _six ??= Open(AddressFamily.InterNetworkV6);
        }
        catch (SocketException)
        {
            // Counted as not sent by the caller.
            return null;
        }
    }

    private void FromServer(Datagram datagram)
    {
        lock (_lock)
        {
            if (Client is not { } client || _flows.Find(datagram.From) is not { } flow)
            {
                _surroundings.Counters.Dropped(UdpDrop.Stranger);
                return;
            }

            var whole = datagram.WithHeader(UdpHeader.LengthFor(datagram.From));
            UdpHeader.Write(whole, datagram.From);
            if (_surroundings.Counters.Sent(_clientSide.Send(whole, client), isUp: false))
            {
                flow.Down += datagram.Bytes.Length;
            }

            flow.LastUsed = Touch();
        }
    }

    private long Touch()
    {
        var now = _surroundings.Time.GetTimestamp();
        Interlocked.Exchange(ref _lastUsed, now);
        return now;
    }

    private void Account(UdpFlow? flow)
    {
        if (flow?.Target is not null)
        {
            _surroundings.Accountant.Record(new ExchangeRecord(
                ProxyProtocol.SocksUdp, Caller, flow.Destination, null, flow.Up, flow.Down, _surroundings.Time.GetElapsedTime(flow.Began)));
        }
    }
}
