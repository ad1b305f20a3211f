namespace Culvert.Proxy.Dial;

/// <summary>
/// Ends dials at once when the tunnel falls. The device's flags are polled, and only while a dial is under way: an
/// ioctl costs a microsecond and needs neither a privilege nor a netlink socket.
/// </summary>
internal sealed class TunnelWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly TunnelDevice _device;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private CancellationTokenSource _fall = new();
    private int _dials;
    private bool _isPolling;

    public TunnelWatch(TunnelDevice device, TimeProvider time)
    {
        _device = device;
        _timer = time.CreateTimer(_ => Poll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when the tunnel is down now.</summary>
    public Watched? Enter()
    {
        if (!_device.IsUp())
        {
            return null;
        }

        lock (_lock)
        {
            _dials++;
            if (!_isPolling)
            {
                _isPolling = true;
                _timer.Change(Period, Period);
            }

            return new Watched(this, _fall.Token);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _fall.Dispose();
    }

    private void Poll()
    {
        if (_device.IsUp())
        {
            StopWithoutDials();
            return;
        }

        CancellationTokenSource fallen;
        lock (_lock)
        {
            (fallen, _fall) = (_fall, new CancellationTokenSource());
        }

        fallen.Cancel();
        fallen.Dispose();
        StopWithoutDials();
    }

    // Here and not with the last dial: dials come and go much faster than the period, and a timer is not free to change.
    private void StopWithoutDials()
    {
        lock (_lock)
        {
            if (_dials == 0 && _isPolling)
            {
                _isPolling = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _dials--;
        }
    }

    /// <summary>One dial under watch; <see cref="Fallen"/> ends when the tunnel does.</summary>
    internal sealed class Watched(TunnelWatch watch, CancellationToken fallen) : IDisposable
    {
        public CancellationToken Fallen => fallen;

        public void Dispose() => watch.Leave();
    }
}
