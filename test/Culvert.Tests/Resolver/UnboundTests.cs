using System.Net;
using System.Net.Sockets;
using Culvert.DnsMessages;
using Culvert.Linux;
using Culvert.Resolver;
using Culvert.Tests.Linux;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Resolver;

/// <summary>The real unbound with the rendered configuration, and one upstream, in a namespace without any way out.</summary>
public sealed class UnboundTests
{
    private const string UpstreamName = "dns.example";

    private static readonly IPAddress Upstream = IPAddress.Parse("192.0.2.53");
    private static readonly IPAddress Public = IPAddress.Parse("203.0.113.80");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upstream_that_proves_its_name_is_asked_and_its_answer_given()
    {
        var (response, asked) = await ResolveAsync(UpstreamName, trusted: true, Public);
        Assert.Equal($"NOERROR {Public}", response.ToString());
        Assert.Contains("api.provider.example", asked);
    }

    [Theory]
    [InlineData("other.example", true)]
    [InlineData(UpstreamName, false)]
    public async Task One_with_another_name_or_an_unknown_authority_is_never_asked_and_there_is_no_fallback(string certificateName, bool trusted)
    {
        var (response, asked) = await ResolveAsync(certificateName, trusted, Public);
        Assert.Equal("SERVFAIL", response.ToString());
        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_private_address_for_a_public_name_is_not_given()
    {
        var (response, asked) = await ResolveAsync(UpstreamName, trusted: true, IPAddress.Parse("10.0.0.1"));
        Assert.Empty(response.Addresses);
        Assert.NotEmpty(asked);
    }

    private static async Task<(DnsResponse Response, IReadOnlyCollection<string> Asked)> ResolveAsync(string certificateName, bool trusted, IPAddress answer)
    {
        await using var space = await TestNamespace.CreateAsync("unbound");
        await space.IpAsync($"address add {Upstream}/32 dev lo");
        using var folder = new TemporaryFolder();
        var (authority, certificate) = DotServer.MakeCertificate(certificateName);
        var bundle = folder.Write("ca.crt", trusted ? authority : DotServer.MakeCertificate(certificateName).AuthorityPem);
        await using var server = new DotServer(space.Inside(Listen), certificate, answer);
        var dns = UnboundConfigurationTests.Upstreams($"{Upstream}@853#{UpstreamName}");
        var file = folder.Write(UnboundConfiguration.FileName, UnboundConfiguration.Of(dns, bundle, folder.Path));
        await using var unbound = HeldProcess.Start([.. space.Standpoint.Command("unbound", ["-d", "-p", "-c", file])]);
        return (await AskAsync(space), server.Asked);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(Upstream, 853));
        listener.Listen();
        return listener;
    }

    // Until unbound listens, the kernel refuses the question.
    private static async Task<DnsResponse> AskAsync(TestNamespace space)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (true)
        {
            using var socket = space.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, 53, limit.Token);
                await socket.SendAsync(DnsMessage.Question(7, "api.provider.example"), limit.Token);
                var answer = new byte[1500];
                return DnsMessage.Parse(answer.AsSpan(0, await socket.ReceiveAsync(answer, limit.Token)), 7);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
