using System.Text.Json.Serialization;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// What a stack under Compose is doing. <see cref="Problems"/> is empty when all is as it should be;
/// <see cref="Expected"/> are the services of compose.yaml in the profiles that are asked for.
/// </summary>
internal sealed record ComposeStatus(string Name, IReadOnlyList<string> Expected, IReadOnlyList<PartReport> Parts)
{
    /// <summary>What the proxy counted; null where it does not answer.</summary>
    public CallsReport? Calls { get; init; }

    public bool Holds => Problems.Count == 0;

    /// <summary>Parts that joined a namespace which is gone: its owner was started after them.</summary>
    [JsonIgnore]
    public IReadOnlyList<PartReport> Stranded =>
        [.. Parts.Where(part => part is { JoinsAnother: true, Running: true } && (Owner is not { Running: true } || part.Since < Owner.Since))];

    public IReadOnlyList<string> Problems
    {
        get
        {
            if (Parts.Count == 0)
            {
                return [$"{Name} is not up; start it with `culvert up`"];
            }

            return
            [
                .. Expected.Where(service => Parts.All(part => part.Service != service)).Select(service => $"{service} is not there; `culvert up` makes it"),
                .. Parts.Select(ProblemOf).OfType<string>(),
            ];
        }
    }

    [JsonIgnore]
    public PartReport? Owner => Parts.FirstOrDefault(part => part.Service == PartReport.Owner);

    private string? ProblemOf(PartReport part) => part switch
    {
        { Service: PartReport.Owner, Running: false } =>
            $"{part.Name} does not run ({Ended(part)}), so the namespace is gone and all that joined it is closed; `culvert up` brings it back",
        { Service: PartReport.Guard, Running: false } => $"{part.Name} is left of an interrupted `culvert up`; the next one takes it away",
        { Running: false } => $"{part.Name} does not run ({Ended(part)}); `culvert up` starts it, `culvert logs {part.Service}` tells what it said last",
        _ when Stranded.Contains(part) =>
            $"{part.Name} is attached to a namespace whose owner is gone: closed, without a network; `culvert up` attaches it to the new one",
        { Health: "unhealthy" } => $"{part.Name} is unhealthy: {part.Complaint ?? "its health check says nothing"}",
        { Health: "starting" } => $"{part.Name} is starting: {part.Complaint ?? "its health check has not run yet"}",
        _ => null,
    };

    private static string Ended(PartReport part) => part.State == "exited" ? $"exit code {part.ExitCode}" : part.State;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ComposeStatus))]
internal sealed partial class ComposeStatusJson : JsonSerializerContext;
