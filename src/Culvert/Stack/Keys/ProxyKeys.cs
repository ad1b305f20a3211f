using System.Collections.Immutable;
using System.Net;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>proxy</c>.</summary>
internal static class ProxyKeys
{
    internal static readonly Shape<ImmutableArray<int>> PortList = new ListShape<int>(new NumberShape(1, 65535), 1, "`[443, 80]`");

    public static readonly Key<ProxyEngine> Engine = new(
        "engine",
        new ChoiceShape<ProxyEngine>(("culvert", ProxyEngine.Culvert), ("dante+tinyproxy", ProxyEngine.DanteAndTinyproxy)),
        "culvert",
        "The program behind the proxy ports: culvert's own, or dante+tinyproxy.");

    public static readonly Key<ImmutableArray<KeyValuePair<string, ApplicationKeys.User>>> Users = new(
        "users",
        new MapShape<ApplicationKeys.User>(
            "a user's name of 1 to 64 letters, digits, and . _ @ -, beginning with a letter or a digit",
            NameText.UserPattern(),
            ApplicationKeys.UserShape,
            "`{ alice: secrets/alice }`"),
        "{}",
        "Who may use the proxies: a name and the file that holds the password, or a map with password_file and limits of its own (connections, destinations, ports). Empty: whoever is on vpn-net is trusted.",
        "{ alice: secrets/alice, bob: { password_file: secrets/bob, connections: 50, destinations: llm } }");

    public static readonly Key<ImmutableArray<KeyValuePair<string, ApplicationSettings>>> Applications = new(
        "applications",
        new MapShape<ApplicationSettings>(
            "an IPv4 address", AddressText.ApplicationPattern(), ApplicationKeys.Section, "`{ 172.30.98.10: { connections: 50, destinations: llm } }`"),
        "{}",
        "Limits of one application, by its address in network.vpn_net (127.0.0.1 is dev): what is written here takes the place of the keys above. Where its user has limits too, both must allow.",
        "{ 172.30.98.10: { connections: 50, destinations: llm, ports: [443] } }");

    public static readonly Key<AllowedDestinations> Destinations = new(
        "destinations",
        AllowedDestinations.Shape,
        "public",
        "Where the proxies connect to: public (every public address), llm (the hosts of `providers`), or a list of domains, each with all names below it.",
        "[openai.com, pypi.org]");

    public static readonly Key<ImmutableArray<int>> Ports = new(
        "ports",
        PortList,
        "[443, 80]",
        "The ports that the proxies connect to.");

    public static readonly SectionShape<ProxySettings> Section = new([Engine, Users, Destinations, Ports, Applications], Build);

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

        if (values.Get(Engine) == ProxyEngine.DanteAndTinyproxy && (!values.Get(Applications).IsEmpty || values.Get(Users).Any(user => user.Value.Own is not null)))
        {
            values.Place.Refuse(
                values.NodeOf(values.Get(Applications).IsEmpty ? Users : Applications),
                "limits of one application or user stand beside proxy.engine: dante+tinyproxy",
                "these programs know no limits and no policy of one client, so they would not be kept",
                "take the limits away, or write `engine: culvert`");
        }

        return new ProxySettings(
            values.Get(Engine),
            [.. values.Get(Users).Select(user => new ProxyUser(user.Key, user.Value.Password) { Own = user.Value.Own })],
            destinations.Scope,
            destinations.Domains,
            values.Get(Ports))
        {
            Applications = [.. values.Get(Applications).Select(application => new ProxyApplication(IPAddress.Parse(application.Key), application.Value))],
        };
    }
}
