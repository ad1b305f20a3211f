using System.Collections.Immutable;
using Culvert.Stack.Reading;

namespace Culvert.Stack.Keys;

/// <summary>What one user or one application has of its own, in <c>proxy.users</c> and <c>proxy.applications</c>.</summary>
internal static class ApplicationKeys
{
    public static readonly Key<SecretFile?> PasswordFile = new(
        "password_file", new SecretShape(SecretContent.ProxyPassword, "`secrets/alice`"), null, "The file that holds the password.", "secrets/alice");

    public static readonly Key<int?> Connections = new(
        "connections",
        new MappedShape<int, int?>(new NumberShape(1, 1_000_000), number => number),
        null,
        "How many connections it may hold at once; one more is refused with 429, or SOCKS reply 2.",
        "50");

    public static readonly Key<AllowedDestinations?> Destinations = new(
        "destinations", AllowedDestinations.Shape!, null, "Where the proxies connect to for it; as proxy.destinations.", "llm");

    public static readonly Key<ImmutableArray<int>> Ports = new(
        "ports", ProxyKeys.PortList, null, "The ports that the proxies connect to for it; as proxy.ports.", "[443]");

    public static readonly SectionShape<ApplicationSettings> Section = new([Connections, Destinations, Ports], Own);

    /// <summary>A path, or a map with one.</summary>
    public static readonly Shape<User> UserShape = new EitherShape<User>(
        new MappedShape<SecretFile?, User>(new SecretShape(SecretContent.ProxyPassword, "`secrets/alice`"), file => new(file!, null)),
        new SectionShape<User>([PasswordFile, Connections, Destinations, Ports], BuildUser));

    private static User BuildUser(SectionValues values)
    {
        if (!values.IsWritten(PasswordFile))
        {
            values.Place.Refuse(values.NodeOf(PasswordFile), $"{values.Place.Name} has no password_file", "whoever gives its password is this user", "add password_file with the path of a file that holds the password");
        }

        return new User(values.Get(PasswordFile)!, Own(values));
    }

    private static ApplicationSettings Own(SectionValues values)
    {
        var destinations = values.Get(Destinations);
        var ports = values.Get(Ports);
        return new ApplicationSettings(values.Get(Connections), destinations?.Scope, destinations?.Domains ?? [], ports.IsDefault ? null : ports);
    }

    /// <summary>An entry of <c>proxy.users</c>.</summary>
    internal sealed record User(SecretFile Password, ApplicationSettings? Own);
}
