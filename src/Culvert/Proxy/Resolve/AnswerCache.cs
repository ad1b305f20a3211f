using System.Diagnostics.CodeAnalysis;

namespace Culvert.Proxy.Resolve;

/// <summary>Answers until their time is over, found or not found, in bounded number. Not safe for use from two threads at once.</summary>
internal sealed class AnswerCache(int capacity, TimeProvider time)
{
    private static readonly TimeSpan LongestStale = TimeSpan.FromDays(1);

    private readonly Dictionary<DnsQuestion, Entry> _entries = [];

    public int Count => _entries.Count;

    public bool TryGet(DnsQuestion question, [NotNullWhen(true)] out DnsAnswer? answer)
    {
        answer = _entries.TryGetValue(question, out var entry) && IsFresh(entry) ? entry.Answer : null;
        return answer is not null;
    }

    /// <summary>
    /// An answer whose time is over but which may still serve while the resolver is away (RFC 8767): addresses, for a day.
    /// </summary>
    public bool TryGetStale(DnsQuestion question, [NotNullWhen(true)] out DnsAnswer? answer)
    {
        answer = _entries.TryGetValue(question, out var entry)
            && entry.Answer.Status == DnsStatus.Found
            && time.GetElapsedTime(entry.StoredAt) < entry.Answer.TimeToLive + LongestStale ? entry.Answer : null;
        return answer is not null;
    }

    public void Store(DnsQuestion question, DnsAnswer answer)
    {
        if (answer.TimeToLive <= TimeSpan.Zero)
        {
            return;
        }

        if (_entries.Count >= capacity && !_entries.ContainsKey(question))
        {
            MakeRoom();
        }

        _entries[question] = new Entry(answer, time.GetTimestamp(), answer.TimeToLive);
    }

    /// <summary>Lets an answer stand for so long from now; the day of <see cref="TryGetStale"/> goes on counting.</summary>
    public void Prolong(DnsQuestion question, TimeSpan life)
    {
        if (_entries.TryGetValue(question, out var entry) && !IsFresh(entry))
        {
            _entries[question] = entry with { Life = time.GetElapsedTime(entry.StoredAt) + life };
        }
    }

    // What is over goes; when all is fresh, an eighth goes, so that the next ones need not search again.
    private void MakeRoom()
    {
        foreach (var (question, entry) in _entries)
        {
            if (!IsFresh(entry))
            {
                _entries.Remove(question);
            }
        }

        if (_entries.Count >= capacity)
        {
            foreach (var question in _entries.OrderBy(entry => entry.Value.StoredAt).Take(Math.Max(1, capacity / 8)).Select(entry => entry.Key).ToList())
            {
                _entries.Remove(question);
            }
        }
    }

    private bool IsFresh(Entry entry) => time.GetElapsedTime(entry.StoredAt) < entry.Life;

    private readonly record struct Entry(DnsAnswer Answer, long StoredAt, TimeSpan Life);
}
