using System.Text.Json.Nodes;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// The kilo.json that a new dev begins with: the providers of culvert.yaml and no others, so that Kilo asks nobody else
/// (without the list it contacts its maker's gateway). Keys are entered inside, where they stay.
/// </summary>
internal static class KiloConfiguration
{
    /// <summary>Where Kilo calls a provider otherwise than culvert.yaml does.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["gemini"] = "google",
        ["azure-openai"] = "azure",
        ["together"] = "togetherai",
        ["fireworks"] = "fireworks-ai",
        ["moonshot"] = "moonshotai",
    };

    public static string Of(IEnumerable<LlmProvider> providers)
    {
        var enabled = providers.Select(provider => JsonValue.Create(Names.GetValueOrDefault(provider.Id, provider.Id)));
        var configuration = new JsonObject
        {
            ["autoupdate"] = false,
            ["share"] = "disabled",
            ["enabled_providers"] = new JsonArray([.. enabled]),
        };
        return configuration.ToString() + "\n";
    }
}
