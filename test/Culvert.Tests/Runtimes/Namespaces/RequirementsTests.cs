using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class RequirementsTests
{
    [Fact]
    public void Nothing_is_said_when_all_is_there() => Assert.Empty(Sentences(VpnDriver.OpenVpn));

    [Fact]
    public void All_that_is_missing_is_said_at_once_with_the_command_that_brings_it() => Assert.Equal(
        [
            "making network namespaces takes root: run it with sudo",
            "nft, setpriv, openvpn not found: run `apt-get install nftables util-linux openvpn`",
            "/dev/net/tun is not there: run `modprobe tun` (in a virtual machine or container, its owner has to allow the device)",
        ],
        Requirements.Sentences(VpnDriver.OpenVpn, ProxyEngine.Culvert, root: false, program => program is not ("nft" or "setpriv" or "openvpn"), tun: false));

    [Theory]
    [InlineData(VpnDriver.OpenVpn, "openvpn")]
    [InlineData(VpnDriver.WireGuard, "wireguard-go")]
    [InlineData(VpnDriver.AdGuard, "adguardvpn-cli")]
    public void The_client_of_the_chosen_driver_is_needed_and_no_other(object driver, string client)
    {
        var sentence = Assert.Single(Sentences((VpnDriver)driver, "openvpn", "wireguard-go", "adguardvpn-cli"));
        Assert.StartsWith($"{client} not found: ", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_is_in_no_package_sends_nobody_to_apt()
    {
        var sentence = Assert.Single(Sentences(VpnDriver.AdGuard, "adguardvpn-cli"));
        Assert.DoesNotContain("apt-get", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_proxies_of_the_chosen_engine_are_needed() => Assert.Equal(
        ["danted, tinyproxy not found: run `apt-get install dante-server tinyproxy`"],
        Requirements.Sentences(VpnDriver.OpenVpn, ProxyEngine.DanteAndTinyproxy, root: true, program => program is not ("danted" or "tinyproxy"), tun: true));

    private static IReadOnlyList<string> Sentences(VpnDriver driver, params string[] missing) =>
        Requirements.Sentences(driver, ProxyEngine.Culvert, root: true, program => !missing.Contains(program), tun: true);
}
