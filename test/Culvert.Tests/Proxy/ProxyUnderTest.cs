using System.Collections.Immutable;
using System.Net;
using Culvert.Proxy;
using Culvert.Proxy.Accounting;
using Culvert.Proxy.Dial;
using Culvert.Proxy.Policy;
using Culvert.Stack;

namespace Culvert.Tests.Proxy;

/// <summary>
/// The whole proxy on ephemeral loopback ports, with a DNS server of its own. Loopback may be dialled, except
/// 127.0.0.9, which stands for whatever is forbidden. Clients from 127.0.8.0/24 are applications on vpn-net.
/// </summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    public const string Forbidden = "127.0.0.9";

    private readonly ProxyRole _role;
    private readonly StackDefinition _stack;
    private readonly CancellationTokenSource _stop = new();
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly Task _serving;
    private volatile bool _tunnelIsUp = true;

    public ProxyUnderTest(
        DestinationScope scope = DestinationScope.Public,
        (string Name, string Password)[]? users = null,
        ImmutableArray<int>? ports = null,
        ImmutableArray<IPNetwork>? forbidden = null,
        bool hasIPv6 = false,
        ProxyLimits? limits = null,
        TimeProvider? time = null,
        Func<ProxySettings, ProxySettings>? settings = null)
    {
        _stack = new StackDefinition(
            "test",
            new VpnSettings(VpnDriver.OpenVpn, [], null, null),
            new DnsSettings([]),
            new ProxySettings(ProxyEngine.Culvert, [.. (users ?? []).Select(User)], scope, [new DomainSuffix("listed.test")], ports ?? [80, 443, .. Enumerable.Range(1024, 64512)]),
            [new LlmProvider("acme", "Acme", [new DomainSuffix("acme.test")], new ProviderProbe(new Uri("https://acme.test/"), []))],
            new DevSettings(false, false),
            new AlertSettings(null),
            new NetworkSettings(IPNetwork.Parse("172.30.97.0/24"), IPNetwork.Parse("172.30.98.0/24")),
            new VerifySettings([]));
        _stack = _stack with { Proxy = settings?.Invoke(_stack.Proxy) ?? _stack.Proxy };
        var ranges = forbidden
            ?? [.. ForbiddenRanges.Default.Where(range => range != IPNetwork.Parse("127.0.0.0/8")), IPNetwork.Parse(Forbidden + "/32")];
        _role = new ProxyRole(_stack, new ProxySurroundings(
            new IPEndPoint(IPAddress.Loopback, 0),
            new IPEndPoint(IPAddress.Loopback, 0),
            Dns.EndPoint,
            new TunnelDevice(null, () => _tunnelIsUp, () => hasIPv6),
            new AddressPolicy(ranges, () => [_stack.Network.Uplink, _stack.Network.VpnNet]),
            new ApplicationAddresses(IPNetwork.Parse("127.0.8.0/24"), _ => false),
            limits ?? new ProxyLimits(),
            time ?? TimeProvider.System,
            TextWriter.Synchronized(_output),
            TextWriter.Synchronized(_error)));
        _serving = _role.Server.RunAsync(_stop.Token);
    }

    public FakeDns Dns { get; } = new();

    public bool TunnelIsUp
    {
        set => _tunnelIsUp = value;
    }

    public IPEndPoint SocksEndPoint => _role.Server.SocksEndPoint;

    public IPEndPoint HttpEndPoint => _role.Server.HttpEndPoint;

    public string Errors => _error.ToString();

    public CallsReport Calls => _role.Calls;

    public LedgerSnapshot Ledger => _role.Ledger.Snapshot();

    /// <summary>As SIGHUP does: other users and destinations from now on.</summary>
    public void Reload(DestinationScope scope, params (string Name, string Password)[] users) => _role.Reload(_stack with
    {
        Proxy = _stack.Proxy with { Destinations = scope, Users = [.. users.Select(User)] },
    });

    /// <summary>As SIGHUP does, whatever changes.</summary>
    public void Reload(Func<ProxySettings, ProxySettings> change) => _role.Reload(_stack with { Proxy = change(_stack.Proxy) });

    /// <summary>Other destinations too, but a user whose password file is not there.</summary>
    public void ReloadWithoutPasswordFile(DestinationScope scope) => _role.Reload(_stack with
    {
        Proxy = _stack.Proxy with { Destinations = scope, Users = [new ProxyUser("bob", new SecretFile("proxy.users.bob", Path.Combine(_secrets.FullName, "absent")))] },
    });

    public Task<Peer> SocksAsync(string? from = null) => Peer.ConnectAsync(_role.Server.SocksEndPoint, from);

    public Task<Peer> HttpAsync(string? from = null) => Peer.ConnectAsync(_role.Server.HttpEndPoint, from);

    /// <summary>A SOCKS5 client that has connected through to this address.</summary>
    public async Task<Peer> TunnelAsync(int port, string address = "127.0.0.1")
    {
        var client = await SocksAsync();
        await client.SendAsync([5, 1, 0, 5, 1, 0, 1, .. IPAddress.Parse(address).GetAddressBytes(), (byte)(port >> 8), (byte)port]);
        Assert.Equal(0, (await client.ReadAsync(12))[3]);
        return client;
    }

    /// <summary>Sends a request on a connection of its own and returns all of the answer.</summary>
    public async Task<string> AskAsync(string request, string? from = null)
    {
        using var client = await HttpAsync(from);
        await client.SendAsync(request);
        client.FinishSending();
        return await client.ReadToEndAsync();
    }

    /// <summary>Stops the proxy, waits until it has drained, and returns its access log.</summary>
    public async Task<string> StopAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(20));
        await _role.DisposeAsync();
        return _output.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Dns.DisposeAsync();
        _secrets.Delete(recursive: true);
        _stop.Dispose();
        Assert.DoesNotContain("fault in the proxy", Errors, StringComparison.Ordinal);
    }

    private ProxyUser User((string Name, string Password) user)
    {
        var path = Path.Combine(_secrets.FullName, user.Name);
        File.WriteAllText(path, user.Password + "\n");
        return new ProxyUser(user.Name, new SecretFile($"proxy.users.{user.Name}", path));
    }
}
