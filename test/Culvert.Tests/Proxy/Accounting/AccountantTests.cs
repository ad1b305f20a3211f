using Culvert.Proxy;

namespace Culvert.Tests.Proxy.Accounting;

public sealed class AccountantTests
{
    /// <summary>Each health check of the proxy does so, all day. The control is a client that asks.</summary>
    [Fact]
    public async Task Whoever_leaves_before_a_request_made_no_call()
    {
        await using var proxy = new ProxyUnderTest();
        using (var greeting = await proxy.SocksAsync())
        {
            await greeting.SendAsync([5, 1, 0]);
            Assert.Equal([5, 0], await greeting.ReadAsync(2));
        }

        using (var beginning = await proxy.HttpAsync())
        {
            await beginning.SendAsync("CONNECT a.test:443 HTTP/1.1\r\n");
        }

        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskAsync("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => proxy.Ledger.OpenConnections == 0 && proxy.Ledger.Lines.Length > 0);
        Assert.Equal((ProxyFailure.PolicyDenied, 1), (Assert.Single(proxy.Ledger.Lines).Failure, proxy.Ledger.Lines[0].Exchanges));
    }
}
