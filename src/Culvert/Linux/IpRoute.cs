using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Culvert.Linux;

/// <summary>iproute2's <c>ip</c>. Every call throws <see cref="SubprocessFailedException"/> when it fails.</summary>
internal sealed class IpRoute(Standpoint place)
{
    public static readonly IpRoute Own = new(Standpoint.Own);

    private static readonly TimeSpan RunningDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RunningInterval = TimeSpan.FromMilliseconds(20);

    public async Task<IReadOnlyList<IpInterface>> InterfacesAsync(CancellationToken cancellationToken) =>
        ParseInterfaces(await RunAsync(["-json", "-details", "addr"], cancellationToken));

    /// <summary>IPv4 routes of a table.</summary>
    public async Task<IReadOnlyList<IpRouteEntry>> RoutesAsync(CancellationToken cancellationToken, string table = "main") =>
        ParseRoutes(await RunAsync(["-json", "-4", "route", "show", "table", table], cancellationToken));

    /// <summary>IPv4 policy rules.</summary>
    public async Task<IReadOnlyList<IpRuleEntry>> RulesAsync(CancellationToken cancellationToken) =>
        ParseRules(await RunAsync(["-json", "-4", "rule"], cancellationToken));

    public Task ReplaceRouteAsync(IpRouteEntry route, CancellationToken cancellationToken) =>
        RunAsync(["-4", "route", "replace", .. route.ToArguments()], cancellationToken);

    public Task DeleteRouteAsync(IpRouteEntry route, CancellationToken cancellationToken) =>
        RunAsync(["-4", "route", "del", .. route.ToArguments()], cancellationToken);

    /// <summary>Packets of sockets bound to a device look up their route in a table of their own.</summary>
    public Task AddOutputRuleAsync(string device, string table, CancellationToken cancellationToken) =>
        RunAsync(["-4", "rule", "add", "oif", device, "lookup", table], cancellationToken);

    /// <summary>A persistent tun device that this user in this group may open without capabilities. It is left down.</summary>
    public Task AddTunAsync(string name, int uid, int gid, CancellationToken cancellationToken) =>
        RunAsync(["tuntap", "add", "dev", name, "mode", "tun", "user", uid.ToString(), "group", gid.ToString()], cancellationToken);

    public Task SetLinkAsync(string name, bool up, CancellationToken cancellationToken) =>
        RunAsync(["link", "set", "dev", name, up ? "up" : "down"], cancellationToken);

    /// <summary>
    /// Returns when the link lets frames through. The end of a veth pair that is set up first is opened by a work item of
    /// the kernel (linkwatch) some time after the other; what it sends before is lost. Throws <see cref="TimeoutException"/>.
    /// </summary>
    public async Task WaitUntilRunningAsync(string name, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!(await InterfacesAsync(cancellationToken)).Any(link => link.Name == name && link.IsRunning))
        {
            if (TimeProvider.System.GetElapsedTime(started) > RunningDeadline)
            {
                throw new TimeoutException($"the link {name} was set up, but after {RunningDeadline.TotalSeconds:0} s it still lets nothing through");
            }

            await Task.Delay(RunningInterval, cancellationToken);
        }
    }

    /// <summary>Sets an address (<c>ADDRESS/PREFIX</c>); one that is there already is kept.</summary>
    public Task ReplaceAddressAsync(string name, string address, CancellationToken cancellationToken) =>
        RunAsync(["-4", "addr", "replace", address, "dev", name], cancellationToken);

    public static IReadOnlyList<IpInterface> ParseInterfaces(string json) =>
        [.. Parse(json, IpRouteJson.Default.ListIpInterface).Where(i => i.Name is not null)];

    public static IReadOnlyList<IpRouteEntry> ParseRoutes(string json) => Parse(json, IpRouteJson.Default.ListIpRouteEntry);

    public static IReadOnlyList<IpRuleEntry> ParseRules(string json) => Parse(json, IpRouteJson.Default.ListIpRuleEntry);

    // Some versions print nothing at all, not an empty list, when a table does not exist.
    private static List<T> Parse<T>(string json, JsonTypeInfo<List<T>> type) =>
        string.IsNullOrWhiteSpace(json) ? [] : JsonSerializer.Deserialize(json, type) ?? [];

    private Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        place.RequireAsync("ip", arguments, cancellationToken);
}
