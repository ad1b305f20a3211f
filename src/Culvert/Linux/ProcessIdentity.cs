namespace Culvert.Linux;

/// <summary>A process that cannot be mistaken for a later one with the same pid. <see cref="StartTicks"/> count from boot.</summary>
internal readonly record struct ProcessIdentity(int Pid, ulong StartTicks)
{
    public bool IsAlive => ProcessState.Read(Pid) is { IsZombie: false } state && state.StartTicks == StartTicks;
}

/// <summary>What /proc/PID/stat says (proc_pid_stat(5)).</summary>
internal readonly record struct ProcessState(char Letter, int Session, ulong StartTicks)
{
    private const int StateField = 0;
    private const int SessionField = 3;
    private const int StartTimeField = 19;

    public bool IsZombie => Letter is 'Z' or 'X';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessState? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            // No such process, or it ended between open and read (ESRCH).
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            // /proc is mounted with hidepid.
            return null;
        }
    }

    /// <summary>The name in the second field may hold spaces and parentheses, so counting starts after the last one.</summary>
    public static ProcessState? Parse(string stat)
    {
        var end = stat.LastIndexOf(')');
        if (end < 0)
        {
            return null;
        }

        var fields = stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTimeField
            && int.TryParse(fields[SessionField], out var session)
            && ulong.TryParse(fields[StartTimeField], out var ticks)
                ? new ProcessState(fields[StateField][0], session, ticks)
                : null;
    }
}
