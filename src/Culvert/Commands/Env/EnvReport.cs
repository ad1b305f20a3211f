using System.Text.Json.Serialization;

namespace Culvert.Commands.Env;

/// <summary>What <c>culvert env --json</c> prints.</summary>
internal sealed record EnvReport(
    string Application,
    string Socks,
    string Http,
    string? Note,
    IReadOnlyDictionary<string, string> Variables,
    string Snippet)
{
    public static EnvReport Of(string application, ProxyAddresses addresses) => new(
        application, addresses.Socks, addresses.Http, addresses.Note, Env.Snippet.Variables(addresses), Env.Snippet.For(application, addresses));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(EnvReport))]
internal sealed partial class EnvJson : JsonSerializerContext;
