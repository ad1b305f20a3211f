using Culvert.Stack;
using Culvert.Stack.Catalogue;

namespace Culvert.Tests.Stack;

public sealed class ProviderCatalogueTests
{
    [Fact]
    public void Ids_are_unique_and_hosts_belong_to_one_provider()
    {
        Assert.Distinct(ProviderCatalogue.All.Select(p => p.Id));
        Assert.Distinct(ProviderCatalogue.All.SelectMany(p => p.Hosts));
    }

    [Fact]
    public void Each_probe_asks_one_of_the_providers_own_hosts_over_tls()
    {
        foreach (var provider in ProviderCatalogue.All)
        {
            Assert.Equal("https", provider.Probe.Url.Scheme);
            Assert.Contains(provider.Hosts, h => h.Matches(provider.Probe.Url.Host));
            Assert.Contains(provider.Probe.Rules, r => r is { Status: 401, BodyContains: null, Meaning: ProbeMeaning.Usable });
        }
    }

    [Theory]
    [InlineData("openai", 403, "{\"error\":{\"code\":\"unsupported_country_region_territory\",\"message\":\"Country, region, or territory not supported\"}}", nameof(ProbeMeaning.RegionBlocked))]
    [InlineData("openai", 401, "{\"error\":{\"message\":\"You didn't provide an API key.\"}}", nameof(ProbeMeaning.Usable))]
    [InlineData("openai", 418, "", nameof(ProbeMeaning.Unknown))]
    [InlineData("anthropic", 403, "{\"error\":{\"type\":\"forbidden\",\"message\":\"Request not allowed\"}}", nameof(ProbeMeaning.RegionBlocked))]
    [InlineData("gemini", 400, "User location is not supported for the API use.", nameof(ProbeMeaning.RegionBlocked))]
    [InlineData("gemini", 403, "Method doesn't allow unregistered callers", nameof(ProbeMeaning.Usable))]
    [InlineData("mistral", 503, "", nameof(ProbeMeaning.Unavailable))]
    [InlineData("groq", 451, "", nameof(ProbeMeaning.RegionBlocked))]
    public void An_answer_means_what_its_first_rule_says(string id, int status, string body, string meaning) =>
        Assert.Equal(Enum.Parse<ProbeMeaning>(meaning), ProviderCatalogue.Find(id)!.Probe.MeaningOf(status, body));
}
