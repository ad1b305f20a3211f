using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Culvert.Runtimes.Namespaces;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<UnitDefinition>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(ProcessRecord))]
internal sealed partial class RuntimeJson : JsonSerializerContext;
