using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Culvert.Guard;
using Culvert.Stack;

namespace Culvert.Tests.Guard;

/// <summary>Plans to write rulesets from: one that a person can follow, and any that hold accepts.</summary>
internal static class Plans
{
    public static readonly NamespacePlan Typical = new(
        new InterfaceReport("uplink0", "172.30.97.100", 24, "172.30.97.2"),
        new InterfaceReport("vpnnet0", "172.30.98.2", 24, "172.30.98.1"),
        [new Carrier("tcp", "203.0.113.7", 443)],
        [new DnsUpstream(IPAddress.Parse("94.140.14.14"), 853, "dns.adguard-dns.com")],
        Role.Tunnel.Uid,
        []);

    private static readonly Gen<string> Address = Gen.Select(Gen.Int[1, 223], Gen.Byte, Gen.Byte, Gen.Byte)
        .Where((first, _, _, _) => first != 127)
        .Select((a, b, c, d) => $"{a}.{b}.{c}.{d}");

    private static readonly Gen<int> Port = Gen.Int[1, 65535];

    private static readonly Gen<string> Name = Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789._-"].Array[1, 13].Select(letters => new string(letters));

    private static readonly Gen<Carrier> AnyCarrier = Gen.Select(
        Gen.OneOf("tcp", "udp"), Address.Null(), Port.Nullable(), Gen.Bool, (protocol, address, port, bound) => new Carrier(protocol, address, port) { Bound = bound });

    private static readonly Gen<DnsUpstream> AnyUpstream = Gen.Select(
        Gen.OneOf(Address, Gen.Const("2001:db8::53")), Port, (address, port) => new DnsUpstream(IPAddress.Parse(address), port, "dns.example"));

    private static readonly Gen<InterfaceReport> AnyUplink = Gen.Select(
        Name, Address, Gen.Int[8, 30], Address, (name, address, prefix, gateway) => new InterfaceReport($"u{name}", address, prefix, gateway));

    private static readonly Gen<InterfaceReport> AnyVpnNet = Gen.Select(
        Name, Address, Gen.Int[8, 30], Address.Null(), (name, address, prefix, gateway) => new InterfaceReport($"v{name}", address, prefix, gateway));

    public static readonly Gen<NamespacePlan> Any = Gen.Select(
        AnyUplink,
        AnyVpnNet.Null(),
        AnyCarrier.Array[1, 4],
        AnyUpstream.Array[0, 3],
        Gen.OneOf(0, Role.Tunnel.Uid),
        Port.Array[0, 2],
        (uplink, vpnNet, carriers, upstreams, uid, ports) => new NamespacePlan(
            uplink, vpnNet, [.. carriers.Distinct()], [.. upstreams], uid, [.. ports]));

    public static ImmutableArray<string> RulesOf(this RuleTable table, string chain) =>
        table.Chains.Single(c => c.Name == chain).Rules;
}
