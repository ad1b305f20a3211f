using System.Collections.Immutable;

namespace Culvert.Stack;

/// <summary>An LLM provider: the host suffixes it answers under and a keyless probe whose answers have a known meaning.</summary>
internal sealed record LlmProvider(string Id, string Title, ImmutableArray<DomainSuffix> Hosts, ProviderProbe Probe);

/// <summary>A GET without a key. Rules are tried in order; an answer that none matches is <see cref="ProbeMeaning.Unknown"/>.</summary>
internal sealed record ProviderProbe(Uri Url, ImmutableArray<ProbeRule> Rules)
{
    public ProbeMeaning MeaningOf(int status, string body) =>
        Rules.FirstOrDefault(r => r.Status == status && (r.BodyContains is null || body.Contains(r.BodyContains, StringComparison.OrdinalIgnoreCase)))?.Meaning
        ?? ProbeMeaning.Unknown;
}

/// <summary><see cref="BodyContains"/> is compared without regard to case; null matches any body.</summary>
internal sealed record ProbeRule(int Status, string? BodyContains, ProbeMeaning Meaning);

internal enum ProbeMeaning
{
    Unknown,
    Usable,
    RegionBlocked,
    Unavailable,
}
