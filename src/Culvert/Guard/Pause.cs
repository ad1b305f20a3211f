using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>
/// hold's second life: it owns the namespace and can do nothing. Capabilities belong to threads, and .NET has several, so
/// hold gives them up on one thread and becomes itself again through execve, which ends the others (docs/adr/0001).
/// </summary>
internal static class Pause
{
    public const string Stage = "pause";

    /// <summary>Does not return. <paramref name="say"/> is told what could not be given up and why that is harmless.</summary>
    public static void Become(string configuration, string runDirectory, Action<string> say)
    {
        if (!Capabilities.GiveUpAll())
        {
            say("the bounding set stays, because emptying it needs CAP_SETPCAP; with no_new_privs set nothing can be gained from it.");
        }

        Exec.Become(Environment.ProcessPath!, ["hold", "--config", configuration, "--run", runDirectory, "--stage", Stage]);
    }

    /// <summary>What a thread of this process still holds; null when every one holds nothing.</summary>
    public static string? Problem() =>
        CapabilityStatus.OfEveryThread().FirstOrDefault(thread => !thread.IsPowerless) is { } thread
            ? $"a thread still holds privileges ({thread}), although they were given up before"
            : null;

    /// <summary>Returns when the process is told to end (SIGTERM, SIGINT).</summary>
    public static async Task UntilToldAsync(CancellationToken cancellationToken)
    {
        var told = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(told.SetResult);
        await told.Task;
    }
}
