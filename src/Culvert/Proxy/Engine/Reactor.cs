using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>
/// One loop a core: it waits in epoll and runs, right there, the code that awaited what became ready. Sockets are
/// registered once, edge-triggered, and may be used from any thread; what awaits them goes on here.
/// </summary>
internal sealed unsafe class Reactor
{
    private const int EventsAtOnce = 256;
    private const int StackSize = 512 * 1024;

    [ThreadStatic]
    private static Reactor? _ofThisThread;

    private static readonly Reactor[] Loops = Start();
    private static int _next;

    private readonly int _epoll = Epoll.Create();
    private readonly int _wake = WakeEvent.Create();
    private readonly Lock _lock = new();
    private List<Action> _posted = [];
    private List<Action> _running = [];

    private Reactor()
    {
        if (Epoll.Add(_epoll, _wake) is < 0 and var error)
        {
            throw Errno.Exception(error);
        }
    }

    /// <summary>All of them, for listeners that share a port.</summary>
    public static ReadOnlySpan<Reactor> All => Loops;

    /// <summary>The loop that runs the caller, or null on any other thread.</summary>
    public static Reactor? OfThisThread => _ofThisThread;

    /// <summary>The caller's own loop, or one in turn.</summary>
    public static Reactor Nearest => _ofThisThread ?? Loops[(uint)Interlocked.Increment(ref _next) % (uint)Loops.Length];

    /// <summary>0, or a negated errno.</summary>
    public int Register(int descriptor) => Epoll.Add(_epoll, descriptor);

    /// <summary>Runs it on this loop, after what is ready now.</summary>
    public void Post(Action action)
    {
        lock (_lock)
        {
            _posted.Add(action);
            if (_posted.Count > 1)
            {
                return;
            }
        }

        WakeEvent.Set(_wake);
    }

    /// <summary>Awaited: what follows runs on this loop.</summary>
    public LoopSwitch SwitchAsync() => new(this);

    /// <summary>Awaited: others that are ready have their turn first.</summary>
    public static LoopSwitch YieldAsync() => new(_ofThisThread ?? Nearest, always: true);

    private static Reactor[] Start()
    {
        var loops = new Reactor[Environment.ProcessorCount];
        for (var index = 0; index < loops.Length; index++)
        {
            loops[index] = new Reactor();
            new Thread(loops[index].Run, StackSize) { IsBackground = true, Name = $"loop {index}" }.Start();
        }

        return loops;
    }

    private void Run()
    {
        _ofThisThread = this;
        var events = stackalloc byte[EventsAtOnce * Epoll.EventSize];
        while (true)
        {
            var count = Epoll.Wait(_epoll, events, EventsAtOnce, Timeout.Infinite);
            for (var index = 0; index < count; index++)
            {
                var (what, descriptor) = Epoll.Read(events, index);
                if (descriptor == _wake)
                {
                    WakeEvent.Reset(_wake);
                    RunPosted();
                }
                else
                {
                    SocketTable.Of(descriptor)?.Signal(what);
                }
            }
        }
    }

    private void RunPosted()
    {
        lock (_lock)
        {
            (_posted, _running) = (_running, _posted);
        }

        foreach (var action in _running)
        {
            action();
        }

        _running.Clear();
    }
}
