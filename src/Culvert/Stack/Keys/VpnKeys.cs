using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Culvert.Stack.Reading;
using Culvert.Stack.Values;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>vpn</c>.</summary>
internal static class VpnKeys
{
    public static readonly Key<VpnDriver> Driver = new(
        "driver",
        new ChoiceShape<VpnDriver>(("adguard", VpnDriver.AdGuard), ("openvpn", VpnDriver.OpenVpn), ("wireguard", VpnDriver.WireGuard)),
        "adguard",
        "The VPN client that makes the tunnel: adguard, openvpn or wireguard.");

    public static readonly Key<ImmutableArray<Written>> Locations = new(
        "locations",
        new ListShape<Written>(new WrittenShape(), 0, "`[Frankfurt, Stockholm]`"),
        "[]",
        "The exits, tried in order. adguard: names of cities; empty means the fastest. openvpn and wireguard: profile files (`chmod 600`), at least one.",
        "[secrets/frankfurt.ovpn, secrets/stockholm.ovpn]");

    public static readonly Key<string?> User = new(
        "user", NameText.Line, null, "The user that the VPN server asks for, if it does.", "alice");

    public static readonly Key<SecretFile?> Password = new(
        "password_file",
        new SecretShape(SecretContent.VpnPassword, "`secrets/vpn-password`"),
        null,
        "The file that holds this user's password.",
        "secrets/vpn-password");

    public static readonly SectionShape<VpnSettings> Section = new([Driver, Locations, User, Password], Build);

    private static VpnSettings Build(SectionValues values)
    {
        var driver = values.Get(Driver);
        var locations = values.Get(Locations);
        if (driver != VpnDriver.AdGuard && locations.IsEmpty && !values.IsWritten(Locations))
        {
            values.Place.Refuse(values.NodeOf(Driver), "vpn.driver needs vpn.locations", "the profile says where the server is and how to be let in", "add `locations: [PROFILE]` with the path of a profile file");
        }
        else if (driver != VpnDriver.AdGuard && values.NodeOf(Locations) is ListNode { Items.IsEmpty: true } empty)
        {
            values.Place.Refuse(empty, "vpn.locations is an empty list", "this driver needs a profile that says where the server is", "write the path of a profile file into it");
        }

        if (driver == VpnDriver.OpenVpn && values.IsWritten(User) != values.IsWritten(Password))
        {
            var (has, lacks) = values.IsWritten(User) ? (User.Name, Password.Name) : (Password.Name, User.Name);
            values.Place.Refuse(values.NodeOf(values.IsWritten(User) ? User : Password), $"vpn.{has} stands without vpn.{lacks}", "OpenVPN sends both or neither", $"add {lacks}, or remove {has}");
        }

        return new VpnSettings(driver, ReadLocations(driver, locations), values.Get(User), values.Get(Password));
    }

    // A location is a city or a file, as the driver has it.
    private static ImmutableArray<VpnLocation> ReadLocations(VpnDriver driver, ImmutableArray<Written> written)
    {
        if (driver == VpnDriver.AdGuard)
        {
            return [.. written.Select(w => new VpnLocation(w.Node.Text, Profile: null))];
        }

        var profile = new SecretShape(SecretContent.VpnProfile, "`secrets/frankfurt.ovpn`");
        var locations = ImmutableArray.CreateBuilder<VpnLocation>(written.Length);
        foreach (var (node, place) in written)
        {
            if (profile.TryRead(node, place, out var file))
            {
                locations.Add(new VpnLocation(Path.GetFileNameWithoutExtension(node.Text), file));
            }
        }

        return locations.DrainToImmutable();
    }

    /// <summary>A text whose meaning depends on another key, with what is needed to read it later.</summary>
    internal readonly record struct Written(ScalarNode Node, Place Place)
    {
        public bool Equals(Written other) => Node.Text == other.Node.Text;

        public override int GetHashCode() => Node.Text.GetHashCode(StringComparison.Ordinal);
    }

    private sealed class WrittenShape : Shape<Written>
    {
        public override bool TryRead(Node node, Place place, [MaybeNullWhen(false)] out Written value)
        {
            var isText = NameText.Line.TryRead(node, place, out _);
            value = isText ? new Written((ScalarNode)node, place) : default;
            return isText;
        }

        public override JsonObject ToJsonSchema() => NameText.Line.ToJsonSchema();
    }
}
