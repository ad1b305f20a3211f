using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class HardwareAddressTests
{
    [Fact]
    public void Stays_and_is_another_one_for_another_machine_or_stack()
    {
        var address = HardwareAddress.Of("machine", "culvert-vpn");
        Assert.Matches("^02(:[0-9a-f]{2}){5}$", address);
        Assert.Equal(address, HardwareAddress.Of("machine", "culvert-vpn"));
        Assert.NotEqual(address, HardwareAddress.Of("other", "culvert-vpn"));
        Assert.NotEqual(address, HardwareAddress.Of("machine", "work-vpn"));
    }
}
