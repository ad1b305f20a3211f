using Culvert.Guard;
using Culvert.Linux;
using Culvert.Tests.Linux;

namespace Culvert.Tests.Guard;

public sealed class NamespaceSysctlsTests
{
    [Fact]
    public async Task What_the_guard_rests_on_is_set_in_the_namespace_and_found_set_the_next_time()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.IpAsync("link add uplink0 type veth peer name peer0", "link add uplink0.7 type veth peer name peer1", "link set uplink0 up", "link set peer0 up");
        string[] names = ["uplink0", "uplink0.7"];
        var wrong = space.Inside(() => NamespaceSysctls.Of(names).Count(wanted => Sysctl.Read(wanted.Name) != wanted.Value));
        Assert.True(wrong > 0, "a fresh namespace already has every value, so the test proves nothing");

        Assert.Empty(space.Inside(() => NamespaceSysctls.Settle(names)));

        Assert.Empty(space.Inside(() => NamespaceSysctls.Of(names).Where(wanted => Sysctl.Read(wanted.Name) is { } found && found != wanted.Value).ToList()));
        Assert.DoesNotContain("fe80", await space.RunAsync("ip", "-6", "addr"));
        Assert.Empty(space.Inside(() => NamespaceSysctls.Settle(names)));
    }

    [Fact]
    public async Task A_value_that_cannot_be_set_is_a_problem_with_its_name_and_the_value_it_needs()
    {
        await using var space = await TestNamespace.CreateAsync();
        var problem = Assert.Single(space.Inside(() => NamespaceSysctls.Settle(["missing0"])));
        Assert.StartsWith("the kernel parameter net.ipv4.conf.missing0.accept_redirects is missing, but the guard needs 0", problem);
    }

    [Fact]
    public async Task An_interface_that_joins_later_has_no_IPv6_either()
    {
        await using var space = await TestNamespace.CreateAsync();
        space.Inside(() => NamespaceSysctls.Settle([]));
        await space.IpAsync("link add late0 type veth peer name peer0", "link set late0 up", "link set peer0 up");
        Assert.DoesNotContain("fe80", await space.RunAsync("ip", "-6", "addr"));
    }
}
