using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class ThrowawayNamespaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_another_network_and_leaves_neither_process_nor_name_behind()
    {
        Requires.Root("unshare", "nsenter");
        var names = Names();
        var place = await ThrowawayNamespace.CreateAsync("a test", Token);
        var holder = place.HolderId;
        var inside = (await place.Standpoint.RequireAsync("readlink", ["/proc/self/ns/net"], Token)).Trim();
        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, inside);
        Assert.Equal("lo", Assert.Single(await new IpRoute(place.Standpoint).InterfacesAsync(Token)).Name);
        Assert.Equal(names, Names());

        await place.DisposeAsync();
        Assert.Null(ProcessState.Read(holder));
        Assert.Empty(ProcessTask.InNetwork(inside));
    }

    private static string[] Names() =>
        Directory.Exists(NamedNamespace.Directory) ? [.. Directory.GetFiles(NamedNamespace.Directory).Order()] : [];
}
