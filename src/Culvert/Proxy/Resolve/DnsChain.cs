using System.Collections.Immutable;

namespace Culvert.Proxy.Resolve;

/// <summary>From a question through CNAMEs to addresses, inside one answer. Records that the chain does not reach are ignored.</summary>
internal static class DnsChain
{
    private const int MaximumHops = 16;
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestNegativeLife = TimeSpan.FromMinutes(1);

    public static DnsAnswer Follow(ImmutableArray<DnsRecord> records, DnsQuestion question)
    {
        var name = question.Name;
        var life = LongestLife;
        for (var hop = 0; hop < MaximumHops; hop++)
        {
            var found = records.Where(record => record.Owner == name && record.Type == question.Type).ToImmutableArray();
            if (!found.IsEmpty)
            {
                life = found.Aggregate(life, Shorter);
                return new DnsAnswer(DnsStatus.Found, [.. found.Select(record => record.Address!)], life);
            }

            if (records.FirstOrDefault(record => record.Owner == name && record.Type == DnsType.Cname) is not { } alias)
            {
                return new DnsAnswer(DnsStatus.NotFound, [], NegativeTimeToLive(records));
            }

            (name, life) = (alias.Target!, Shorter(life, alias));
        }

        return DnsAnswer.Failed;
    }

    /// <summary>Zero where the answer carries no SOA, as RFC 2308 section 5 asks.</summary>
    public static TimeSpan NegativeTimeToLive(ImmutableArray<DnsRecord> records) =>
        records.FirstOrDefault(record => record.Type == DnsType.Soa) is { } soa ? Shorter(LongestNegativeLife, soa) : TimeSpan.Zero;

    private static TimeSpan Shorter(TimeSpan life, DnsRecord record) =>
        TimeSpan.FromTicks(Math.Min(life.Ticks, TimeSpan.FromSeconds(record.TimeToLive).Ticks));
}
