using System.Net;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Proxy.Accounting;
using Culvert.Proxy.Control;
using Culvert.Proxy.Dial;
using Culvert.Proxy.Http;
using Culvert.Proxy.Policy;
using Culvert.Proxy.Resolve;
using Culvert.Proxy.Socks;
using Culvert.Proxy.Socks.Udp;
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
    ApplicationAddresses Applications,
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
            new ApplicationAddresses(stack.Network.VpnNet, client => addresses.Current().Any(own => own.Address.Equals(client))),
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
    private readonly UdpCounters _datagrams = new();
    private readonly UdpPort _udp;
    private readonly AddressPolicy _addresses;
    private readonly Current<UserTable> _users;
    private readonly Current<DestinationPolicy> _policy;
    private readonly Current<ConnectionShares> _shares;

    /// <summary>Reads the users' passwords and binds both ports; <see cref="IOException"/> and SocketException are the caller's boundary.</summary>
    public ProxyRole(StackDefinition stack, ProxySurroundings surroundings)
    {
        var (time, limits, tunnel) = (surroundings.Time, surroundings.Limits, surroundings.Tunnel);
        _addresses = surroundings.Addresses;
        _users = new Current<UserTable>(UsersOf(stack));
        _policy = new Current<DestinationPolicy>(PolicyOf(stack));
        _shares = new Current<ConnectionShares>(new ConnectionShares(stack.Proxy));
        var gate = new Gate(_users, new AttemptLimiter(time));
        var notices = new Notices(surroundings.Error, time);

        var resolver = new NameResolver(new DnsExchange(surroundings.Resolver, time), tunnel.HasIPv6, time);
        var dialer = new HappyEyeballs(new TunnelDialer(tunnel), time);
        _watch = new TunnelWatch(tunnel, time);
        var egress = new Egress(_policy, resolver, _watch, dialer, limits, time);

        _log = new AccessLog(surroundings.Output, time);
        Ledger = new Ledger(stack.Providers);
        var accountant = new Accountant(Ledger, _log);

        var shares = new UserShares(_shares);
        var udp = new UdpSurroundings(egress, tunnel, accountant, _datagrams, notices, time);
        _udp = new UdpPort(surroundings.Socks, surroundings.Applications, udp, limits);
        var socks = new SocksSession(new SocksHandshake(gate), shares, egress, new UdpSession(_udp, limits, time), accountant, time);
        var http = new HttpSession(gate, shares, egress, accountant, limits, time);
        var session = new ClientSession(socks, http, accountant, notices, limits, time);
        var admission = new Admission(limits, _shares);
        try
        {
            Server = new ProxyServer(surroundings.Socks, surroundings.Http, session, admission, surroundings.Applications, accountant, notices, limits, time);
        }
        catch (SocketException)
        {
            _udp.Dispose();
            throw;
        }
    }

    public ProxyServer Server { get; }

    public Ledger Ledger { get; }

    /// <summary>What was counted since the start.</summary>
    public CallsReport Calls => CallsAnswer.Of(Ledger.Snapshot(), _datagrams.Report());

    /// <summary>
    /// Takes over users, limits, destinations and ports from now on; tunnels that stand are not touched, and the ledger goes on with
    /// the providers of the start. <see cref="IOException"/> of a password file leaves everything as it was.
    /// </summary>
    public void Reload(StackDefinition stack)
    {
        var users = UsersOf(stack);
        _policy.Value = PolicyOf(stack);
        _shares.Value = new ConnectionShares(stack.Proxy);
        _users.Value = users;
    }

    public async ValueTask DisposeAsync()
    {
        Server.Dispose();
        _udp.Dispose();
        _watch.Dispose();
        await _log.DisposeAsync();
    }

    private static UserTable UsersOf(StackDefinition stack) =>
        new(stack.Proxy.Users.Select(user => (user.Name, user.Password.Read().Reveal())));

    private DestinationPolicy PolicyOf(StackDefinition stack) => new(stack.Proxy, stack.Providers, _addresses);
}
