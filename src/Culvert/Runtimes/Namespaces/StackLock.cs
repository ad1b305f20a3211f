using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>One <c>up</c> or <c>down</c> of a stack at a time.</summary>
internal static class StackLock
{
    // A killed `up` leaves a step under way for some milliseconds more; see FileLock.Inherited.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Throws <see cref="StackBusyException"/> when another holds it.</summary>
    public static async Task<FileLock> TakeAsync(Places places, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            if (TryTake(places) is { } taken)
            {
                taken.Inherited = true;
                return taken;
            }

            if (time.GetElapsedTime(begun) > Patience)
            {
                throw new StackBusyException(places.Name, FileLock.HolderOf(places.Lock));
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Deletes the lock, and the directory above it when no other stack is up.</summary>
    public static void Remove(Places places)
    {
        File.Delete(places.Lock);
        RemoveRoot();
    }

    /// <summary>Also what an `up` leaves that was killed before it had its lock.</summary>
    public static void RemoveRoot()
    {
        try
        {
            Directory.Delete(Places.Root);
        }
        catch (IOException)
        {
            // It is not there, or another stack is in it: one more may come at any moment, so asking first would not help.
        }
    }

    private static FileLock? TryTake(Places places)
    {
        try
        {
            Directory.CreateDirectory(Places.Root);
            return FileLock.TryTake(places.Lock);
        }
        catch (DirectoryNotFoundException)
        {
            // The last holder removed the directory between our two calls.
            return null;
        }
    }
}

/// <summary>Another <c>up</c> or <c>down</c> of the stack is under way.</summary>
internal sealed class StackBusyException(string stack, string holder)
    : Exception($"another `culvert up` or `culvert down` of {stack} is under way ({holder}); wait for it, or end it, and try again");
