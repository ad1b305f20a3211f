using System.Collections.Immutable;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>dns</c>.</summary>
internal static class DnsKeys
{
    public static readonly Key<ImmutableArray<DnsUpstream>> Upstreams = new(
        "upstreams",
        new ListShape<DnsUpstream>(DnsUpstreamText.Shape, 1, "`[tls://94.140.14.14#dns.adguard-dns.com]`"),
        "[tls://94.140.14.14#dns.adguard-dns.com, tls://94.140.15.15#dns.adguard-dns.com]",
        "DNS-over-TLS servers, asked through the tunnel only: tls://ADDRESS[:PORT]#NAME, where NAME is what their certificate says.");

    public static readonly SectionShape<DnsSettings> Section = new([Upstreams], v => new DnsSettings(v.Get(Upstreams)));
}
