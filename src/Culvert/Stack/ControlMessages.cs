using System.Text.Json.Serialization;

namespace Culvert.Stack;

/// <summary>What a role is asked on its control socket: one line of JSON, answered by one line.</summary>
internal sealed record ControlRequest(string Ask)
{
    /// <summary>What the role has counted.</summary>
    public const string Calls = "calls";

    /// <summary>Read the configuration again, as after SIGHUP.</summary>
    public const string Reload = "reload";
}

/// <summary><see cref="Problem"/> is a sentence when what was asked was not done.</summary>
internal sealed record ControlAnswer(string? Problem, CallsReport? Calls = null);

/// <summary>What the proxy has done since it was started, and holds now.</summary>
internal sealed record CallsReport(int OpenConnections, IReadOnlyList<CallsLine> Lines, DatagramsReport Datagrams);

/// <summary>
/// Calls of one application (a user's name, or an address on vpn-net; 127.0.0.1 is dev) to one provider (or "other") that
/// ended in one way: "relayed", or the name of a failure. Bytes as the client's side sees them.
/// </summary>
internal sealed record CallsLine(string Application, string Provider, string Outcome, long Calls, long BytesUp, long BytesDown);

/// <summary>UDP ASSOCIATE: associations that are open, datagrams that went up and down, and those that were dropped, by reason.</summary>
internal sealed record DatagramsReport(int Associations, long Up, long Down, IReadOnlyDictionary<string, long> Dropped);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext;
