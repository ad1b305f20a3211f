using System.Collections.Immutable;

namespace Culvert.Tunnel;

/// <summary>
/// What the machine remembers of an exit: until when it is tried last, why, and until when what the providers said of it counts.
/// <see cref="Carries"/>: it works, and only a provider does not like it.
/// </summary>
internal sealed record ExitNote(DateTimeOffset? AvoidUntil, string? Why, DateTimeOffset? AskedUntil, bool Carries)
{
    public static readonly ExitNote Nothing = new(null, null, null, Carries: false);

    public bool IsAvoided(DateTimeOffset now) => AvoidUntil > now;
}

/// <summary>Which exit comes next. Pure.</summary>
internal static class ExitChoice
{
    /// <summary>
    /// The first in the order of culvert.yaml that is not avoided and not <paramref name="current"/>; where every other is
    /// avoided, one that carries at least, or the one whose time is over first.
    /// </summary>
    public static int Next(ImmutableDictionary<int, ExitNote> notes, int exits, int current, DateTimeOffset now) =>
        Better(notes, exits, current, now)
        ?? Enumerable.Range(1, exits).Select(step => (current + step) % exits)
            .OrderByDescending(exit => exit != current && Of(notes, exit).Carries)
            .ThenBy(exit => Of(notes, exit).AvoidUntil ?? now)
            .First();

    /// <summary>Null when there is no other exit that is worth leaving the current one for.</summary>
    public static int? Better(ImmutableDictionary<int, ExitNote> notes, int exits, int current, DateTimeOffset now)
    {
        for (var exit = 0; exit < exits; exit++)
        {
            if (exit != current && !Of(notes, exit).IsAvoided(now))
            {
                return exit;
            }
        }

        return null;
    }

    public static ExitNote Of(ImmutableDictionary<int, ExitNote> notes, int exit) => notes.GetValueOrDefault(exit, ExitNote.Nothing);
}
