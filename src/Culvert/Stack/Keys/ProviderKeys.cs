using System.Collections.Immutable;
using Culvert.Stack.Catalogue;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>A provider written as a map: it extends the one of the catalogue with the same id, or defines another.</summary>
internal static class ProviderKeys
{
    public static readonly Key<string?> Id = new("id", NameText.Provider, null, "What metrics and commands call it. An id of the catalogue extends that provider.", "in-house");

    public static readonly Key<string?> Title = new("title", NameText.Line, null, "What people call it.", "Our own models");

    public static readonly Key<ImmutableArray<DomainSuffix>> Hosts = new(
        "hosts",
        new ListShape<DomainSuffix>(DomainText.Suffix, 0, "`[llm.example.com]`"),
        "[]",
        "Domains under which it answers, each with all names below it; added to those of the catalogue.",
        "[llm.example.com]");

    public static readonly Key<ProviderProbe?> Probe = new(
        "probe", ProbeKeys.Section, null, "A GET without a key that tells whether the provider serves the tunnel's exit. Default for a new provider: https://HOST/v1/models.");

    public static readonly SectionShape<LlmProvider> Section = new([Id, Title, Hosts, Probe], Build);

    private static LlmProvider Build(SectionValues values)
    {
        var id = values.Get(Id) ?? "";
        var known = ProviderCatalogue.Find(id);
        ImmutableArray<DomainSuffix> hosts = [.. (known?.Hosts ?? []).Union(values.Get(Hosts))];
        if (!values.IsWritten(Id))
        {
            values.Place.Refuse(values.NodeOf(Id), $"{values.Place.Name} has no id", "metrics and commands call the provider by it", "add `id: my-provider`");
        }
        else if (hosts.IsEmpty && !values.IsWritten(Hosts) && id.Length > 0)
        {
            values.Place.Refuse(values.NodeOf(Id), $"{Quoted.Of(id)} is not in the catalogue and has no hosts", "nothing tells which connections are its own", "add `hosts: [DOMAIN]`, or use an id of the catalogue");
        }

        var probe = values.Get(Probe) ?? known?.Probe ?? ProviderCatalogue.UsualProbe(hosts.IsEmpty ? "unknown" : hosts[0].Value);
        if (values.Get(Probe) is not null && !hosts.IsEmpty && !hosts.Any(h => h.Matches(probe.Url.Host)))
        {
            values.Place.Refuse(values.NodeOf(Probe), $"the probe asks {probe.Url.Host}, which is none of the provider's hosts", "its answer would say nothing about the provider", "add that host to hosts, or change the probe's url");
        }

        return new LlmProvider(id, values.Get(Title) ?? known?.Title ?? id, hosts, probe);
    }
}

/// <summary>The probe of a provider.</summary>
internal static class ProbeKeys
{
    public static readonly Key<Uri?> Url = new("url", UrlText.Shape!, null, "The https URL to get.", "https://llm.example.com/v1/models");

    public static readonly Key<ImmutableArray<ProbeRule>> Answers = new(
        "answers",
        new ListShape<ProbeRule>(AnswerKeys.Section, 1, "`[{ status: 401, means: usable }]`"),
        "[{ status: 401, means: usable }, { status: 200, means: usable }]",
        "What its answers mean, the first that fits counts; any other means nothing.");

    public static readonly SectionShape<ProviderProbe?> Section = new([Url, Answers], Build);

    private static ProviderProbe? Build(SectionValues values)
    {
        if (!values.IsWritten(Url))
        {
            values.Place.Refuse(values.NodeOf(Url), $"{values.Place.Name} has no url", "there is nothing to get", "add `url: https://…`");
        }

        return values.Get(Url) is { } url ? new ProviderProbe(url, values.Get(Answers)) : null;
    }
}

/// <summary>One answer of a probe.</summary>
internal static class AnswerKeys
{
    public static readonly Key<int> Status = new("status", new NumberShape(100, 599), null, "The status code.", "403");

    public static readonly Key<string?> BodyContains = new("body_contains", NameText.Line, null, "A text that the body holds, in any case. Without it any body fits.", "unsupported_country");

    public static readonly Key<ProbeMeaning> Means = new(
        "means",
        new ChoiceShape<ProbeMeaning>(
            ("usable", ProbeMeaning.Usable), ("region_blocked", ProbeMeaning.RegionBlocked), ("unavailable", ProbeMeaning.Unavailable)),
        null,
        "usable, region_blocked or unavailable.",
        "region_blocked");

    public static readonly SectionShape<ProbeRule> Section = new([Status, BodyContains, Means], Build);

    private static ProbeRule Build(SectionValues values)
    {
        foreach (var key in new Key[] { Status, Means })
        {
            if (!values.IsWritten(key))
            {
                values.Place.Refuse(values.NodeOf(key), $"{values.Place.Name} has no {key.Name}", "an answer is a status and what it means", $"add `{key.Name}: {key.Example}`");
            }
        }

        return new ProbeRule(values.Get(Status), values.Get(BodyContains), values.Get(Means));
    }
}
