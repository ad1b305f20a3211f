using System.Net;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>
/// A non-blocking socket on a loop. Calls try at once and give a count, or a negated errno: "try again" means to await
/// <see cref="Readable"/> or <see cref="Writable"/> first. Closing from another thread waits for the call under way, so
/// that no call ever meets a descriptor that has become someone else's.
/// </summary>
internal sealed class ReactorSocket : IDisposable
{
    private const int Closing = 1 << 30;

    private readonly int _descriptor;
    private readonly bool _isStream;

    // Calls under way, one for the owner, and the mark of closing.
    private int _users = 1;

    // Nothing was left to read, or no room to write, since the last signal: a call would be in vain.
    private bool _isDry;
    private bool _isFull;

    // The far end has finished or failed: no further edge need come, so only the call itself tells.
    private volatile bool _hasEnded;

    public ReactorSocket(int descriptor, Reactor reactor, SocketType type = SocketType.Stream)
    {
        (_descriptor, Reactor, _isStream) = (descriptor, reactor, type == SocketType.Stream);
        (Readable, Writable) = (new Readiness(reactor), new Readiness(reactor));
        SocketTable.Put(descriptor, this);
    }

    public Reactor Reactor { get; }

    public bool IsClosed => (Volatile.Read(ref _users) & Closing) != 0;

    public Readiness Readable { get; }

    public Readiness Writable { get; }

    public IPEndPoint? LocalEndPoint => Use(SocketCalls.LocalEndPoint, null);

    /// <summary>The far end sent something, or its end or an error came.</summary>
    public bool HasInput => Use(SocketCalls.HasInput, true);

    /// <summary>Throws <see cref="SocketException"/> when there are no descriptors left.</summary>
    public static ReactorSocket Open(IPAddress address, SocketType type, Reactor reactor)
    {
        var descriptor = SocketCalls.Open(address, type);

        // Nothing can be there to read yet; what comes is an edge.
        return descriptor >= 0 ? new ReactorSocket(descriptor, reactor, type) { _isDry = true } : throw Errno.Exception(descriptor);
    }

    /// <summary>After connect(2) or listen(2): before, epoll calls a stream socket hung up.</summary>
    public void Register()
    {
        if (Use(Reactor.Register, -Errno.BadDescriptor) is < 0 and var error)
        {
            Dispose();
            throw Errno.Exception(error);
        }
    }

    /// <summary>Called by the loop with the events of epoll.</summary>
    public void Signal(uint events)
    {
        const uint ends = Epoll.PeerEnded | Epoll.HungUp | Epoll.Error;
        if ((events & ends) != 0)
        {
            _hasEnded = true;
        }

        if ((events & (Epoll.Readable | ends)) != 0)
        {
            Readable.Signal();
        }

        if ((events & (Epoll.Writable | Epoll.HungUp | Epoll.Error)) != 0)
        {
            Writable.Signal();
        }
    }

    /// <summary>False when a read would be in vain, so that no buffer need be found for it.</summary>
    public bool MayReceive()
    {
        // Taken before the call, so that what arrives during it counts as new.
        var isSignalled = Readable.Take();
        if (_isDry && !_hasEnded && !isSignalled)
        {
            return false;
        }

        _isDry = false;
        return true;
    }

    public int Receive(Span<byte> into)
    {
        if (!MayReceive() || !Enter())
        {
            return Vain();
        }

        var count = SocketCalls.Receive(_descriptor, into);
        Leave();

        // A stream that gave less than it was asked for has been emptied; more, or its end, comes with another edge.
        _isDry = count == -Errno.TryAgain || (_isStream && count > 0 && count < into.Length);
        return count;
    }

    /// <summary>One datagram with its sender.</summary>
    public int ReceiveFrom(Span<byte> into, out IPEndPoint? from)
    {
        from = null;
        if (!MayReceive() || !Enter())
        {
            return Vain();
        }

        var count = SocketCalls.ReceiveFrom(_descriptor, into, out from);
        Leave();
        _isDry = count == -Errno.TryAgain;
        return count;
    }

    /// <summary>One datagram, from any thread: what the socket does not take at once is lost, as datagrams may be.</summary>
    public int SendTo(ReadOnlySpan<byte> bytes, IPEndPoint to)
    {
        if (!Enter())
        {
            return -Errno.BadDescriptor;
        }

        var count = SocketCalls.SendTo(_descriptor, bytes, to);
        Leave();
        return count;
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (!MaySend() || !Enter())
        {
            return Vain();
        }

        var count = SocketCalls.Send(_descriptor, bytes);
        Leave();
        _isFull = count == -Errno.TryAgain || (_isStream && count >= 0 && count < bytes.Length);
        return count;
    }

    /// <summary>Moves bytes into an empty pipe.</summary>
    public int Receive(KernelPipe into, int length)
    {
        if (!MayReceive() || !Enter())
        {
            return Vain();
        }

        var count = into.Fill(_descriptor, length);
        Leave();
        _isDry = count == -Errno.TryAgain;
        return count;
    }

    public int Send(KernelPipe pipe)
    {
        if (!MaySend() || !Enter())
        {
            return Vain();
        }

        var count = pipe.Drain(_descriptor);
        Leave();
        _isFull = count == -Errno.TryAgain;
        return count;
    }

    /// <summary>Begins to connect, or tells how it stands; <see cref="Writable"/> is signalled when that changes.</summary>
    public int Connect(IPEndPoint to)
    {
        if (!Enter())
        {
            return -Errno.BadDescriptor;
        }

        var result = SocketCalls.Connect(_descriptor, to.Address, to.Port);
        Leave();
        return result;
    }

    public int Accept(out IPAddress peer)
    {
        peer = IPAddress.None;
        if (!Enter())
        {
            return -Errno.BadDescriptor;
        }

        var accepted = SocketCalls.Accept(_descriptor, out peer);
        Leave();
        return accepted;
    }

    /// <summary>The first error, or 0.</summary>
    public int Apply(ReadOnlySpan<SocketSetting> settings)
    {
        var result = Enter() ? 0 : -Errno.BadDescriptor;
        if (result == 0)
        {
            foreach (var setting in settings)
            {
                result = Math.Min(result, SocketCalls.SetOption(_descriptor, setting.Level, setting.Name, setting.Value));
            }

            Leave();
        }

        return result;
    }

    public void ShutdownSend()
    {
        if (Enter())
        {
            SocketCalls.ShutdownSend(_descriptor);
            Leave();
        }
    }

    /// <summary>One call on the bare descriptor; <paramref name="whenClosed"/> where it is closed.</summary>
    public T Use<T>(Func<int, T> call, T whenClosed)
    {
        if (!Enter())
        {
            return whenClosed;
        }

        var result = call(_descriptor);
        Leave();
        return result;
    }

    public void Dispose()
    {
        if ((Interlocked.Or(ref _users, Closing) & Closing) == 0)
        {
            Leave();
            Readable.SignalLater();
            Writable.SignalLater();
        }
    }

    private bool MaySend()
    {
        var isSignalled = Writable.Take();
        if (_isFull && !_hasEnded && !isSignalled)
        {
            return false;
        }

        _isFull = false;
        return true;
    }

    private int Vain() => IsClosed ? -Errno.BadDescriptor : -Errno.TryAgain;

    private bool Enter()
    {
        for (var users = Volatile.Read(ref _users); (users & Closing) == 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == Closing)
        {
            SocketTable.Put(_descriptor, null);
            SocketCalls.Close(_descriptor);
        }
    }
}
