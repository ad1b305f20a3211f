using System.Collections.Immutable;
using System.Net;

namespace Culvert.Proxy.Resolve;

/// <summary>Record types that the proxy asks for or reads, with their numbers on the wire.</summary>
internal enum DnsType
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Aaaa = 28,
}

/// <summary>A name in lower case and what is asked of it.</summary>
internal readonly record struct DnsQuestion(string Name, DnsType Type);

internal enum DnsStatus
{
    Found,
    NotFound,

    /// <summary>No usable answer: silence, SERVFAIL, REFUSED or a malformed message. Never remembered.</summary>
    Failed,
}

/// <summary>What a question came to and how long it may be remembered.</summary>
internal sealed record DnsAnswer(DnsStatus Status, ImmutableArray<IPAddress> Addresses, TimeSpan TimeToLive)
{
    public static readonly DnsAnswer Failed = new(DnsStatus.Failed, [], TimeSpan.Zero);
}
