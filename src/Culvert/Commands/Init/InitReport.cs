using System.Text.Json.Serialization;

namespace Culvert.Commands.Init;

/// <summary>What <c>culvert init</c> wrote, what the new stack still lacks, and the command that follows.</summary>
internal sealed record InitReport(IReadOnlyList<string> Written, IReadOnlyList<string> ToDo, string Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(InitReport))]
internal sealed partial class InitJson : JsonSerializerContext;
