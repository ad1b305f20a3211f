namespace Culvert.Tunnel;

/// <summary>Why the tunnel leaves where it does, in a sentence for people.</summary>
internal static class ExitNotes
{
    /// <summary>
    /// Null when there is nothing to explain. Of an exit that is avoided only until now it says nothing. <paramref name="clock"/>
    /// is how far the wall clock, which people read, is ahead of the machine's.
    /// </summary>
    public static string? Sentence(IReadOnlyList<TunnelExit> exits, TunnelStatus status, DateTimeOffset now, TimeSpan clock)
    {
        var here = ExitChoice.Of(status.Notes, status.Exit);
        var notes = new List<string>();
        if (status is { Phase: TunnelPhase.Connected, Leaving: { } leaving })
        {
            var next = ExitChoice.Better(status.Notes, exits.Count, status.Exit, now) is { } better ? exits[better].Location : "another location";
            notes.Add($"leaving {exits[status.Exit].Location} for {next} because {leaving.Why}, after the streams that live or at {leaving.Streams.Until + clock:HH:mm:ss}");
        }
        else if (status.Phase == TunnelPhase.Connected && here.Why is { } why)
        {
            notes.Add($"{exits[status.Exit].Location} is used although {why}, because no other location is better");
        }

        foreach (var (exit, note) in status.Notes.OrderBy(note => note.Key))
        {
            if (exit != status.Exit && note.IsAvoided(now))
            {
                notes.Add($"{exits[exit].Location} is not used: {note.Why}");
            }
        }

        return notes.Count > 0 ? string.Join("; ", notes) : null;
    }
}
