namespace Culvert.Tunnel;

/// <summary>Why the tunnel leaves where it does, in a sentence for people.</summary>
internal static class ExitNotes
{
    /// <summary>Null when there is nothing to explain. Of an exit that is avoided only until now it says nothing.</summary>
    public static string? Sentence(IReadOnlyList<TunnelExit> exits, TunnelStatus status, DateTimeOffset now)
    {
        var here = ExitChoice.Of(status.Notes, status.Exit);
        var notes = new List<string>();
        if (status.Phase == TunnelPhase.Connected && here.Why is { } why)
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
