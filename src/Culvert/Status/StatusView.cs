using System.Text.Json.Serialization;
using Culvert.Stack;

namespace Culvert.Status;

/// <summary>What the page, the JSON and the metrics show: the stack at one moment, as seen from inside its namespace.</summary>
internal sealed record StatusView(string Stack, DateTimeOffset At, NamespaceReport? Guard, TunnelReport? Tunnel, IReadOnlyList<RoleView> Roles)
{
    /// <summary>What the proxy counted since it was started; null where it tells nothing.</summary>
    public CallsReport? Calls { get; init; }

    /// <summary>Whether LLM calls leave now, through the tunnel. False never means that they leave another way.</summary>
    public bool Carries => Tunnel is { State: TunnelState.Connected } && Roles.All(role => role.Problem is null);
}

/// <summary>One role; <see cref="Problem"/> is null when it does its job, otherwise a sentence that says what to do.</summary>
internal sealed record RoleView(string Name, string? Problem);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusView))]
internal sealed partial class StatusViewJson : JsonSerializerContext;
