namespace Culvert.Bench;

/// <summary>What is measured: a command that serves on loopback, or (without a command) the bare way to the origin.</summary>
internal sealed record Target(string Name, string[] Command)
{
    public int? SocksPort { get; init; }

    public int? ConnectPort { get; init; }

    /// <summary>A relay to the origin with no handshake to do.</summary>
    public int? RelayPort { get; init; }

    public bool IsDirect => Command.Length == 0;

    public int AnyPort => SocksPort ?? ConnectPort ?? RelayPort ?? Origin.Port;

    /// <summary>The arguments of a load program that lead through this target; null when it does not speak the protocol.</summary>
    public string[]? PathBy(Protocol protocol) => protocol switch
    {
        _ when IsDirect => ["direct", Origin.Address, $"{Origin.Port}", Origin.Name],
        Protocol.Socks when SocksPort is { } port => ["socks", "127.0.0.1", $"{port}", Origin.Name],
        Protocol.Connect when ConnectPort is { } port => ["connect", "127.0.0.1", $"{port}", Origin.Name],
        Protocol.Any => PathBy(Protocol.Socks) ?? PathBy(Protocol.Connect) ?? ["direct", "127.0.0.1", $"{RelayPort}", Origin.Name],
        _ => null,
    };
}

internal enum Protocol
{
    Socks,
    Connect,
    Any,
}

/// <summary>The server behind the tunnel; bench/network starts it.</summary>
internal static class Origin
{
    public const string Address = "203.0.113.1";
    public const int Port = 80;
    public const string Name = "origin.test";
}
