using System.Net;
using Culvert.Linux;
using Culvert.Proxy.Accounting;
using Culvert.Proxy.Dial;
using Culvert.Proxy.Http;
using Culvert.Proxy.Policy;
using Culvert.Proxy.Resolve;
using Culvert.Proxy.Socks;
using Culvert.Proxy.Users;
using Culvert.Stack;

namespace Culvert.Proxy;

/// <summary>What the role is given from outside: ports, the resolver, the tunnel, the clock. Production uses <see cref="Standard"/>.</summary>
internal sealed record ProxySurroundings(
    IPEndPoint Socks,
    IPEndPoint Http,
    IPEndPoint Resolver,
    TunnelDevice Tunnel,
    AddressPolicy Addresses,
    ProxyLimits Limits,
    TimeProvider Time,
    TextWriter Output,
    TextWriter Error)
{
    public static ProxySurroundings Standard(StackDefinition stack, IPEndPoint socks, IPEndPoint http)
    {
        var addresses = new NamespaceAddresses(InterfaceAddresses.Read, TimeProvider.System);
        return new ProxySurroundings(
            socks,
            http,
            new IPEndPoint(IPAddress.Loopback, 53),
            TunnelDevice.Of(Role.TunnelInterface, addresses),
            new AddressPolicy(ForbiddenRanges.Default, new OwnNetworks(stack.Network, addresses).Current),
            new ProxyLimits().Within(ProcessLimits.RaiseOpenFiles()),
            TimeProvider.System,
            Console.Out,
            Console.Error);
    }
}

/// <summary>The proxy put together: every part in the order in which a connection meets it.</summary>
internal sealed class ProxyRole : IAsyncDisposable
{
    private readonly TunnelWatch _watch;
    private readonly AccessLog _log;

    /// <summary>Reads the users' passwords and binds both ports; <see cref="IOException"/> and SocketException are the caller's boundary.</summary>
    public ProxyRole(StackDefinition stack, ProxySurroundings surroundings)
    {
        var (time, limits, tunnel) = (surroundings.Time, surroundings.Limits, surroundings.Tunnel);
        var users = new UserTable(stack.Proxy.Users.Select(user => (user.Name, user.Password.Read().Reveal())));
        var gate = new Gate(users, new AttemptLimiter(time));
        var notices = new Notices(surroundings.Error, time);

        var policy = new DestinationPolicy(stack.Proxy, stack.Providers, surroundings.Addresses);
        var resolver = new NameResolver(new DnsExchange(surroundings.Resolver, time), tunnel.HasIPv6, time);
        var dialer = new HappyEyeballs(new TunnelDialer(tunnel), time);
        _watch = new TunnelWatch(tunnel, time);
        var egress = new Egress(policy, resolver, _watch, dialer, limits, time);

        _log = new AccessLog(surroundings.Output, time);
        Ledger = new Ledger(stack.Providers);
        var accountant = new Accountant(Ledger, _log);

        var socks = new SocksSession(new SocksHandshake(gate), egress, accountant, time);
        var http = new HttpSession(gate, egress, accountant, limits, time);
        var session = new ClientSession(socks, http, accountant, notices, limits, time);
        Server = new ProxyServer(surroundings.Socks, surroundings.Http, session, accountant, notices, limits, time);
    }

    public ProxyServer Server { get; }

    public Ledger Ledger { get; }

    public async ValueTask DisposeAsync()
    {
        Server.Dispose();
        _watch.Dispose();
        await _log.DisposeAsync();
    }
}
