using System.Text.Json.Serialization;

namespace Culvert.Verification;

/// <summary>What a check came to. Only <see cref="Holds"/> is a pass; <see cref="Skipped"/> means that there is nothing to break here, with the reason.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    Holds,
    Broken,
    Inconclusive,
    Skipped,
}
