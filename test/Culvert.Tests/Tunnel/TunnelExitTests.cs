using Culvert.Stack;
using Culvert.Tests.Stack;
using Culvert.Tests.Tunnel.Drivers;
using Culvert.Tests.Tunnel.Drivers.WireGuard;
using Culvert.Tunnel;

namespace Culvert.Tests.Tunnel;

/// <summary>The exits and carriers of a configuration, by the two views of it: the tunnel role's and hold's.</summary>
public sealed class TunnelExitTests
{
    [Fact]
    public void Exits_come_in_the_order_of_the_locations_and_their_remotes()
    {
        using var folder = new TemporaryFolder();
        var vpn = Vpn(folder.Write("b.ovpn", OpenVpnProfileText.Usual + "remote 203.0.113.20 443 udp\n"), folder.Write("a.ovpn", OpenVpnProfileText.Usual.Replace("203.0.113.11", "203.0.113.12", StringComparison.Ordinal)));
        var exits = TunnelExit.Of(vpn, out var problems);
        Assert.Empty(problems);
        Assert.Equal(["b 203.0.113.11:1194", "b 203.0.113.20:443", "a 203.0.113.12:1194"], exits.Select(e => $"{e.Location} {e.Endpoint}"));
    }

    [Fact]
    public void One_bad_profile_means_no_exit_and_a_sentence_for_each_problem()
    {
        using var folder = new TemporaryFolder();
        var vpn = Vpn(folder.Write("good.ovpn", OpenVpnProfileText.Usual), folder.Write("bad.ovpn", "up /bin/sh\n" + OpenVpnProfileText.Usual), folder.PathOf("gone.ovpn"));
        Assert.Empty(TunnelExit.Of(vpn, out var problems));
        Assert.Equal(2, problems.Count);
        Assert.Contains("bad.ovpn:1: up: it runs a program", problems[0], StringComparison.Ordinal);
        Assert.Contains("no such file", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_wants_a_login_needs_one_in_the_configuration()
    {
        using var folder = new TemporaryFolder();
        var vpn = Vpn(folder.Write("a.ovpn", OpenVpnProfileText.Usual + "auth-user-pass\n"));
        Assert.Empty(TunnelExit.Of(vpn, out var problems));
        Assert.Contains("vpn.user and vpn.password_file", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Single(TunnelExit.Of(vpn with { User = "alice", Password = new SecretFile("vpn.password_file", folder.Write("pw", "x")) }, out problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void Hold_knows_the_carriers_from_the_remotes_alone_each_once()
    {
        using var folder = new TemporaryFolder();
        var plan = CarrierPlan.Of(Stack(Vpn(folder.Write("a.ovpn", "remote 203.0.113.11 1194 tcp4-client\n"), folder.Write("b.ovpn", "remote 203.0.113.11 1194 tcp4-client\n"))));
        Assert.Empty(plan.Problems);
        Assert.Equal(new Carrier("tcp", "203.0.113.11", 1194), Assert.Single(plan.Carriers));
    }

    [Fact]
    public void A_problem_leaves_no_carrier_so_the_guard_lets_nothing_out()
    {
        using var folder = new TemporaryFolder();
        var plan = CarrierPlan.Of(Stack(Vpn(folder.Write("a.ovpn", "remote 203.0.113.11\n"), folder.Write("b.ovpn", "remote vpn.example.com\n"))));
        Assert.Empty(plan.Carriers);
        Assert.Contains("given by name", Assert.Single(plan.Problems), StringComparison.Ordinal);
        Assert.NotEmpty(CarrierPlan.Of(Stack(Vpn())).Problems);
    }

    [Fact]
    public void Another_driver_reads_the_same_locations_its_own_way()
    {
        using var folder = new TemporaryFolder();
        var vpn = Vpn(folder.Write("b.conf", WireGuardProfileText.Usual)) with { Driver = VpnDriver.WireGuard };
        Assert.Equal("b 203.0.113.11:51820", string.Join(' ', TunnelExit.Of(vpn, out _).Select(e => $"{e.Location} {e.Endpoint}")));
        Assert.Equal(new Carrier("udp", "203.0.113.11", 51820), Assert.Single(CarrierPlan.Of(Stack(vpn)).Carriers));
    }

    [Fact]
    public void AdGuards_servers_are_known_by_their_port_alone_and_names_go_to_the_upstreams_all_by_the_uplink()
    {
        var stack = Stack(Vpn() with { Driver = VpnDriver.AdGuard });
        Assert.Equal(
            [new Carrier("tcp", null, 443) { Bound = true }, .. stack.Dns.Upstreams.Select(u => new Carrier("tcp", $"{u.Address}", u.Port) { Bound = true })],
            CarrierPlan.Of(stack).Carriers);
    }

    [Fact]
    public void AdGuards_exits_are_the_locations_in_their_order_or_the_fastest_one()
    {
        var vpn = Vpn() with { Driver = VpnDriver.AdGuard };
        Assert.Equal("the fastest location", Assert.Single(TunnelExit.Of(Stack(vpn), TimeProvider.System, out _)).Location);
        var exits = TunnelExit.Of(Stack(vpn with { Locations = [new("Tel Aviv", null), new("SE", null)] }), TimeProvider.System, out var problems);
        Assert.Empty(problems);
        Assert.Equal(["Tel Aviv any:443", "SE any:443"], exits.Select(exit => $"{exit.Location} {exit.Endpoint}"));
        Assert.All(exits, exit => Assert.True(exit.MakesLink));
    }

    internal static VpnSettings Vpn(params string[] profiles) => new(
        VpnDriver.OpenVpn,
        [.. profiles.Select((path, i) => new VpnLocation(Path.GetFileNameWithoutExtension(path), new SecretFile($"vpn.locations[{i}]", path)))],
        null,
        null);

    internal static StackDefinition Stack(VpnSettings vpn)
    {
        using var folder = new TemporaryFolder();
        var load = StackLoader.Load(folder.Write("culvert.yaml", ""));
        return load.Stack! with { Vpn = vpn };
    }
}
