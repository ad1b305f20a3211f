using System.Net;

namespace Culvert.Proxy.Pair;

/// <summary>tinyproxy.conf as a pure function; with users it holds their passwords, so its file is for Tinyproxy's eyes only.</summary>
internal static class TinyproxyConfiguration
{
    public const string FileName = "tinyproxy.conf";

    /// <summary>A thread each. The wait for a slow client and an idle tunnel is the same setting in Tinyproxy, and long.</summary>
    public const int MaximumClients = 1000;

    /// <summary>A reasoning model may be silent for many minutes; Tinyproxy has no way to tell such a stream from a dead one.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    public static string Of(PairSetup setup, string filterFile, IReadOnlyList<PairCredentials> users) => $"""
        # Written by `culvert proxy`: change culvert.yaml instead.
        # To stdout. Its uid has no capability: no user or group to change to.
        LogLevel Connect
        Listen {setup.Http.Address}
        Port {setup.Http.Port}

        # {(setup.Tunnel is null ? "Until tun0 has an address" : "tun0's address now")}: Tinyproxy knows no interfaces, so the guard and the routes keep it in the tunnel.
        Bind {setup.Tunnel?.Address ?? IPAddress.Loopback}
        MaxClients {MaximumClients}
        Timeout {(int)Idle.TotalSeconds}

        DisableViaHeader Yes
        {Lines(setup.Clients, network => $"Allow {network}")}
        {Lines(setup.Stack.Proxy.AllowedPorts.Distinct(), port => $"ConnectPort {port}")}
        Filter "{filterFile}"
        FilterType ere
        FilterDefaultDeny Yes
        {Lines(users, user => $"BasicAuth {user.Name} {user.Password.Reveal()}")}

        """;

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) => string.Join('\n', items.Select(line));
}
