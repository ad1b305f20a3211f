using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Verification;

/// <summary>The record of one check: what was expected, what was seen, with which commands, when. Nothing secret is in it.</summary>
internal sealed record Evidence(
    string Check,
    string Title,
    Verdict Verdict,
    string Expected,
    string Observed,
    IReadOnlyList<string> Details,
    Control? Control,
    IReadOnlyList<string> How,
    DateTimeOffset At,
    TimeSpan Duration);

/// <summary>All evidence of one run.</summary>
internal sealed record VerifyReport(string Stack, DateTimeOffset At, TimeSpan Duration, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>True when nothing is broken and nothing is left unproven. A run without checks proves nothing.</summary>
    public bool Holds => Evidence.Any(evidence => evidence.Verdict is Verdict.Holds)
        && Evidence.All(evidence => evidence.Verdict is Verdict.Holds or Verdict.Skipped);

    public string ToJson() => JsonSerializer.Serialize(this, EvidenceJson.Default.VerifyReport);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class EvidenceJson : JsonSerializerContext;
