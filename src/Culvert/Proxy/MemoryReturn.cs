using Culvert.Linux;

namespace Culvert.Proxy;

/// <summary>
/// Gives memory back to the system when a crowd of connections has gone, and once after the start: without allocations
/// there is no collection, and the garbage of ten thousand tunnels would stay for the night.
/// </summary>
internal sealed class MemoryReturn
{
    private const int Crowd = 1000;

    private int _most;

    /// <summary>Called at every close with what is still open; callers hold a lock.</summary>
    public void Left(int open)
    {
        if (_most - open >= Crowd && open <= _most / 2)
        {
            _most = open;
            ThreadPool.UnsafeQueueUserWorkItem(_ => Collect(), null);
        }
    }

    public void Entered(int open) => _most = Math.Max(_most, open);

    /// <summary>After the start: its garbage, and the code that only it needed.</summary>
    public static void AfterStart()
    {
        Collect();
        ProgramPages.LetGo();
    }

    // A pause of a few milliseconds; with fewer than half of the crowd left there is little to mark.
    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
