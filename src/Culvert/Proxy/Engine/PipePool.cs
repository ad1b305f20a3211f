using Culvert.Linux;

namespace Culvert.Proxy.Engine;

/// <summary>
/// Pipes for bulk, few for all: each costs two descriptors and up to 256 KiB of kernel memory, so that they are lent only
/// while bytes move and never to a tunnel at rest.
/// </summary>
internal static class PipePool
{
    /// <summary>What one splice may carry.</summary>
    public const int PipeSize = 256 * 1024;

    private const int MaximumPipes = 64;
    private const int MaximumKept = 16;
    private const int DescriptorsPerPipe = 128;

    private static readonly Lock Lock = new();
    private static readonly Stack<KernelPipe> Kept = [];
    private static readonly int Limit = MaximumFor(ProcessLimits.MaximumOpenFiles());
    private static int _pipes;

    /// <summary>Pipes that some tunnel has now.</summary>
    public static int Lent
    {
        get
        {
            lock (Lock)
            {
                return _pipes - Kept.Count;
            }
        }
    }

    /// <summary>How many pipes a process with so many descriptors lends: each is two that no connection can have.</summary>
    public static int MaximumFor(long openFiles) => (int)Math.Clamp(openFiles / DescriptorsPerPipe, 0, MaximumPipes);

    /// <summary>Null when all are lent or no descriptor is left: then bytes are copied.</summary>
    public static KernelPipe? TryTake()
    {
        lock (Lock)
        {
            if (Kept.TryPop(out var kept))
            {
                return kept;
            }

            if (_pipes >= Limit)
            {
                return null;
            }

            _pipes++;
        }

        if (KernelPipe.Open(PipeSize) is { } opened)
        {
            return opened;
        }

        Forget();
        return null;
    }

    /// <summary>A pipe that still holds bytes is closed with them: they belong to a tunnel that broke off.</summary>
    public static void GiveBack(KernelPipe pipe)
    {
        lock (Lock)
        {
            if (pipe.Held == 0 && Kept.Count < MaximumKept)
            {
                Kept.Push(pipe);
                return;
            }
        }

        pipe.Dispose();
        Forget();
    }

    private static void Forget()
    {
        lock (Lock)
        {
            _pipes--;
        }
    }
}
