using System.Collections.Immutable;
using Culvert.Stack.Reading;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>proxy</c>.</summary>
internal static class ProxyKeys
{
    public static readonly Key<ProxyEngine> Engine = new(
        "engine",
        new ChoiceShape<ProxyEngine>(("culvert", ProxyEngine.Culvert), ("dante+tinyproxy", ProxyEngine.DanteAndTinyproxy)),
        "culvert",
        "The program behind the proxy ports: culvert's own, or dante+tinyproxy.");

    public static readonly Key<ImmutableArray<KeyValuePair<string, SecretFile?>>> Users = new(
        "users",
        new MapShape<SecretFile?>(
            "a user's name of 1 to 64 letters, digits, and . _ @ -, beginning with a letter or a digit",
            NameText.UserPattern(),
            new SecretShape(SecretContent.ProxyPassword, "`secrets/alice`"),
            "`{ alice: secrets/alice }`"),
        "{}",
        "Who may use the proxies: a name and the file that holds the password. Empty: whoever is on vpn-net is trusted.",
        "{ alice: secrets/alice }");

    public static readonly Key<AllowedDestinations> Destinations = new(
        "destinations",
        new EitherShape<AllowedDestinations>(
            new ChoiceShape<AllowedDestinations>(
                ("public", new(DestinationScope.Public, [])),
                ("llm", new(DestinationScope.Llm, [])))
            { Otherwise = "a list of domains" },
            new MappedShape<ImmutableArray<DomainSuffix>, AllowedDestinations>(
                new ListShape<DomainSuffix>(DomainText.Suffix, 1, "`[openai.com, pypi.org]`"),
                domains => new(DestinationScope.List, domains))),
        "public",
        "Where the proxies connect to: public (every public address), llm (the hosts of `providers`), or a list of domains, each with all names below it.",
        "[openai.com, pypi.org]");

    public static readonly Key<ImmutableArray<int>> Ports = new(
        "ports",
        new ListShape<int>(new NumberShape(1, 65535), 1, "`[443, 80]`"),
        "[443, 80]",
        "The ports that the proxies connect to.");

    public static readonly SectionShape<ProxySettings> Section = new([Engine, Users, Destinations, Ports], Build);

    private static ProxySettings Build(SectionValues values)
    {
        var destinations = values.Get(Destinations);
        if (values.Get(Engine) == ProxyEngine.DanteAndTinyproxy && destinations.Scope != DestinationScope.Public)
        {
            values.Place.Refuse(
                values.NodeOf(Destinations),
                "proxy.destinations names domains while proxy.engine is dante+tinyproxy",
                "Dante takes an address for a domain's when a reverse lookup says so, and the address's owner decides what that says",
                "write `destinations: public`, or `engine: culvert`");
        }

        return new ProxySettings(
            values.Get(Engine),
            [.. values.Get(Users).Select(u => new ProxyUser(u.Key, u.Value!))],
            destinations.Scope,
            destinations.Domains,
            values.Get(Ports));
    }

    internal sealed record AllowedDestinations(DestinationScope Scope, ImmutableArray<DomainSuffix> Domains);
}
