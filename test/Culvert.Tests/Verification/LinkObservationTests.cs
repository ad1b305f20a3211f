using Culvert.Tests.Linux;
using Culvert.Verification;

namespace Culvert.Tests.Verification;

public sealed class LinkObservationTests
{
    [Fact]
    public async Task Is_read_from_what_ip_prints()
    {
        await using var space = await TestNamespace.CreateAsync("bash");
        await space.IpAsync("address add 192.0.2.1/32 dev lo");
        var before = await ObserveAsync(space);
        Assert.True(before!.Up);
        Assert.Equal(["127.0.0.1", "192.0.2.1"], before.Addresses);
        await space.RunAsync("bash", "-c", "echo x > /dev/udp/127.0.0.1/99");
        var after = await ObserveAsync(space);
        Assert.True(after!.Sent > before.Sent && after.Received > before.Received);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    public void A_missing_one_is_null(string json) => Assert.Null(LinkObservation.Parse(json));

    private static async Task<LinkObservation?> ObserveAsync(TestNamespace space) =>
        LinkObservation.Parse(await space.RunAsync("ip", "-json", "-s", "addr", "show", "dev", "lo"));
}
