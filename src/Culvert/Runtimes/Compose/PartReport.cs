using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Runtimes.Compose;

/// <summary>One container of the stack, as <c>docker inspect</c> tells it. <see cref="Health"/> is null where there is no health check.</summary>
internal sealed record PartReport(
    string Service,
    string Name,
    string State,
    int ExitCode,
    DateTimeOffset? Since,
    int Restarts,
    string? Health,
    string? Complaint,
    bool JoinsAnother)
{
    public const string Owner = "vpn";

    /// <summary>Loads a changed guard into the owner's namespace and is gone; no part that stays.</summary>
    public const string Guard = "vpn-guard";
    public const string Dev = "dev";
    public const string Tunnel = "vpn-tunnel";

    public bool Running => State == "running";

    public bool IsSound => this is { Running: true, Health: null or "healthy" };

    /// <summary>Containers in the output of <c>docker inspect</c>.</summary>
    public static IReadOnlyList<PartReport> Parse(string json) =>
        [.. JsonSerializer.Deserialize(json, InspectJson.Default.ListInspected)!.Select(Of)];

    private static PartReport Of(Inspected container) => new(
        container.Config.Labels?.GetValueOrDefault("com.docker.compose.service") ?? container.Name.TrimStart('/'),
        container.Name.TrimStart('/'),
        container.State.Status,
        container.State.ExitCode,
        // The year 1 stands for never.
        container.State.StartedAt is { Year: > 1 } since ? since : null,
        container.RestartCount,
        container.State.Health?.Status,
        container.State.Health?.Log is [.., { ExitCode: not 0 } last] ? last.Output.Trim() : null,
        container.HostConfig.NetworkMode.StartsWith("container:", StringComparison.Ordinal));
}

internal sealed record Inspected(string Name, int RestartCount, InspectedState State, InspectedHost HostConfig, InspectedConfig Config);

internal sealed record InspectedState(string Status, int ExitCode, DateTimeOffset StartedAt, InspectedHealth? Health);

internal sealed record InspectedHealth(string Status, List<InspectedProbe>? Log);

internal sealed record InspectedProbe(int ExitCode, string Output);

internal sealed record InspectedHost(string NetworkMode);

internal sealed record InspectedConfig(Dictionary<string, string>? Labels);

[JsonSerializable(typeof(List<Inspected>))]
internal sealed partial class InspectJson : JsonSerializerContext;
