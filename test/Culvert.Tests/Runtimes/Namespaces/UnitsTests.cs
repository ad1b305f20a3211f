using System.Collections.Immutable;
using System.Text.Json;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class UnitsTests
{
    private const string Program = "/opt/culvert/culvert";

    private static readonly Places Work = new("work");
    private static readonly ImmutableArray<UnitDefinition> All = Units.Of(Work, new Addressing(PlanInputs.Default.Stack.Network), Program, VpnDriver.OpenVpn);

    [Fact]
    public void There_is_one_for_each_uplink_and_each_role() =>
        Assert.Equal(["uplink", "app-uplink", "hold", "tunnel", "resolver", "proxy"], All.Select(unit => unit.Name));

    [Fact]
    public void No_role_starts_before_hold_has_said_that_the_guard_stands()
    {
        Assert.Equal("/run/culvert/work/uplink.ready", Unit("hold").WaitsFor);
        Assert.All(["tunnel", "resolver", "proxy"], role => Assert.Equal("/run/culvert/work/namespace.json", Unit(role).WaitsFor));
    }

    [Fact]
    public void No_uplink_reaches_the_hosts_loopback_and_the_stacks_own_resolves_no_names()
    {
        Assert.All(["uplink", "app-uplink"], uplink =>
        {
            Assert.Equal("slirp4netns", Unit(uplink).CommandLine[0]);
            Assert.Contains("--disable-host-loopback", Unit(uplink).CommandLine);
        });
        Assert.Contains("--disable-dns", Unit("uplink").CommandLine);
        Assert.Equal(["/run/netns/work-vpn", "uplink0"], Unit("uplink").CommandLine[^2..]);
        Assert.Equal(["/run/netns/work-app", "uplink0"], Unit("app-uplink").CommandLine[^2..]);
    }

    [Fact]
    public void Only_the_stacks_own_uplink_is_guarded()
    {
        Assert.Equal(("work-vpn", true), (Unit("uplink").Uplink!.Namespace, Unit("uplink").Uplink!.Guarded));
        Assert.Equal(("work-app", false), (Unit("app-uplink").Uplink!.Namespace, Unit("app-uplink").Uplink!.Guarded));
    }

    [Theory]
    [InlineData("hold", "--uid 0 --gid 0 --bounding net_admin --bounding setpcap")]
    [InlineData("tunnel", "--uid 970 --gid 970 --bounding net_admin --ambient net_admin --tun")]
    [InlineData("resolver", "--uid 1053 --gid 1053")]
    [InlineData("proxy", "--uid 1090 --gid 1090")]
    public void A_role_enters_the_namespace_with_the_least_it_needs(string role, string privileges) => Assert.Equal(
        $"ip netns exec work-vpn {Program} enter {privileges} --program-directory /run/culvert/work/bin -- "
        + $"/run/culvert/work/bin/culvert {role} --config /run/culvert/work/culvert.yaml --run /run/culvert/work",
        string.Join(' ', Unit(role).CommandLine));

    [Fact]
    public void A_report_is_removed_when_who_wrote_it_is_started_again()
    {
        Assert.Equal("/run/culvert/work/tunnel/state.json", Unit("tunnel").Stale);
        Assert.Equal("/run/culvert/work/uplink.ready", Unit("uplink").Stale);
    }

    [Fact]
    public void Supervisor_and_keeper_are_each_others_units()
    {
        Assert.Equal([Program, "supervise", "--name", "work"], Units.SupervisorUnit(Work, Program).CommandLine);
        Assert.Equal([Program, "supervise", "--name", "work", "--keeper"], Units.KeeperUnit(Work, Program).CommandLine);
    }

    [Fact]
    public void Read_back_from_the_file_that_the_supervisor_reads()
    {
        var json = JsonSerializer.Serialize(All, RuntimeJson.Default.ImmutableArrayUnitDefinition);
        var read = JsonSerializer.Deserialize(json, RuntimeJson.Default.ImmutableArrayUnitDefinition);
        Assert.Equal(All.Select(unit => unit with { CommandLine = [] }), read.Select(unit => unit with { CommandLine = [] }));
        Assert.Equal(All.Select(unit => string.Join('\0', unit.CommandLine)), read.Select(unit => string.Join('\0', unit.CommandLine)));
    }

    private static UnitDefinition Unit(string name) => All.Single(unit => unit.Name == name);
}
