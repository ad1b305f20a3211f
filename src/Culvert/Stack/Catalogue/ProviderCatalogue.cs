using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Culvert.Stack.Catalogue;

/// <summary>
/// LLM providers that Culvert knows. A probe asks for something that needs a key, without one: an answer that asks for
/// the key shows that the provider serves this address, because the country is looked at first.
/// </summary>
internal static class ProviderCatalogue
{
    // Answers that mean the same everywhere; a provider's own come before them.
    private static readonly ImmutableArray<ProbeRule> CommonRules =
    [
        new(403, "unsupported_country", ProbeMeaning.RegionBlocked),
        new(403, "not available in your region", ProbeMeaning.RegionBlocked),
        new(403, "not available in your country", ProbeMeaning.RegionBlocked),
        new(403, "error code: 1009", ProbeMeaning.RegionBlocked), // Cloudflare: the country of the address is banned.
        new(451, null, ProbeMeaning.RegionBlocked), // RFC 7725: unavailable for legal reasons.
        new(401, null, ProbeMeaning.Usable),
        new(200, null, ProbeMeaning.Usable),
        new(429, null, ProbeMeaning.Usable), // Too many requests from this address, and still served.
        new(500, null, ProbeMeaning.Unavailable),
        new(502, null, ProbeMeaning.Unavailable),
        new(503, null, ProbeMeaning.Unavailable),
        new(504, null, ProbeMeaning.Unavailable),
    ];

    private static readonly ProbeRule WrongMethod = new(405, null, ProbeMeaning.Usable);

    /// <summary>In the order in which they are shown.</summary>
    public static readonly ImmutableArray<LlmProvider> All =
    [
        Of("openai", "OpenAI", ["openai.com", "chatgpt.com"], "https://api.openai.com/v1/models",
            new ProbeRule(403, "Country, region, or territory not supported", ProbeMeaning.RegionBlocked)),
        Of("anthropic", "Anthropic", ["anthropic.com", "claude.ai", "claude.com"], "https://api.anthropic.com/v1/models",
            new ProbeRule(403, "Request not allowed", ProbeMeaning.RegionBlocked)),
        Of("gemini", "Google Gemini", ["generativelanguage.googleapis.com", "aiplatform.googleapis.com", "cloudcode-pa.googleapis.com"],
            "https://generativelanguage.googleapis.com/v1beta/models",
            new ProbeRule(400, "User location is not supported", ProbeMeaning.RegionBlocked),
            new ProbeRule(403, "unregistered callers", ProbeMeaning.Usable),
            new ProbeRule(400, "API key", ProbeMeaning.Usable)),
        Of("openrouter", "OpenRouter", ["openrouter.ai"], "https://openrouter.ai/api/v1/key"),
        Of("mistral", "Mistral", ["mistral.ai"], "https://api.mistral.ai/v1/models"),
        Of("groq", "Groq", ["groq.com"], "https://api.groq.com/openai/v1/models",
            new ProbeRule(403, "check your network settings", ProbeMeaning.RegionBlocked)),
        Of("deepseek", "DeepSeek", ["deepseek.com"], "https://api.deepseek.com/models"),
        Of("xai", "xAI", ["x.ai"], "https://api.x.ai/v1/models",
            new ProbeRule(400, "API key", ProbeMeaning.Usable)),
        Of("azure-openai", "Azure OpenAI", ["openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com", "api.cognitive.microsoft.com"],
            "https://eastus.api.cognitive.microsoft.com/openai/models?api-version=2024-10-21"),
        Of("kilo", "Kilo Gateway", ["kilo.ai", "kilocode.ai"], "https://api.kilo.ai/api/gateway/models"),
        Of("github-copilot", "GitHub Copilot", ["githubcopilot.com", "copilot-proxy.githubusercontent.com"], "https://api.githubcopilot.com/models",
            new ProbeRule(400, "Authorization", ProbeMeaning.Usable)),
        Of("github-models", "GitHub Models", ["models.github.ai"], "https://models.github.ai/catalog/models"),
        Of("cohere", "Cohere", ["cohere.com", "cohere.ai"], "https://api.cohere.com/v1/models"),
        Of("together", "Together", ["together.xyz", "together.ai"], "https://api.together.xyz/v1/models"),
        Of("fireworks", "Fireworks", ["fireworks.ai"], "https://api.fireworks.ai/inference/v1/models"),
        Of("perplexity", "Perplexity", ["perplexity.ai"], "https://api.perplexity.ai/chat/completions", WrongMethod),
        Of("moonshot", "Moonshot", ["moonshot.ai", "moonshot.cn"], "https://api.moonshot.ai/v1/models"),
        Of("zai", "Z.ai", ["z.ai", "bigmodel.cn"], "https://api.z.ai/api/paas/v4/models"),
        Of("cerebras", "Cerebras", ["cerebras.ai"], "https://api.cerebras.ai/v1/models"),
        Of("huggingface", "Hugging Face", ["huggingface.co"], "https://router.huggingface.co/v1/models"),
    ];

    private static readonly FrozenDictionary<string, LlmProvider> ById = All.ToFrozenDictionary(p => p.Id, StringComparer.Ordinal);

    public static LlmProvider? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>The probe of a provider of which only a host is known: most speak OpenAI's API.</summary>
    public static ProviderProbe UsualProbe(string host) => new(new Uri($"https://{host}/v1/models"), CommonRules);

    private static LlmProvider Of(string id, string title, string[] hosts, string probe, params ProbeRule[] rules) =>
        new(id, title, [.. hosts.Select(h => new DomainSuffix(h))], new ProviderProbe(new Uri(probe), [.. rules, .. CommonRules]));
}
