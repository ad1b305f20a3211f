using System.Text.Json.Serialization;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What a stack is doing now. <see cref="Problems"/> is empty when all is as it should be.</summary>
internal sealed record StackStatus(
    string Name,
    bool Up,
    IReadOnlyList<ProcessStatus> Processes,
    TunnelReport? Tunnel,
    NamespaceReport? Namespace,
    Listening Listening)
{
    /// <summary>What the proxy counted; null where it does not run, or the caller is not root.</summary>
    public CallsReport? Calls { get; init; }

    public IReadOnlyList<string> Problems => StackProblems.Of(this);

    public bool Holds => Problems.Count == 0;
}

/// <summary>One supervised process. <see cref="Pid"/> and <see cref="Since"/> are null when it is not running.</summary>
internal sealed record ProcessStatus(string Name, bool Running, int? Pid, DateTimeOffset? Since, int Restarts, string? LastEnd);

/// <summary>Which services of the VPN namespace have their ports open.</summary>
internal sealed record Listening(bool Dns, bool Socks, bool Http)
{
    public static readonly Listening Nothing = new(false, false, false);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StackStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
