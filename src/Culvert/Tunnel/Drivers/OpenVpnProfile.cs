using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>A checked <c>.ovpn</c> file with what it names in separate files taken in.</summary>
internal sealed record OpenVpnProfile
{
    /// <summary>Every remote, as the guard lets it out.</summary>
    public required IReadOnlyList<Carrier> Carriers { get; init; }

    /// <summary>The whole profile as one file, for the tunnel role.</summary>
    public required string SelfContained { get; init; }

    /// <summary>Only <c>remote</c>, <c>proto</c> and <c>port</c>, for hold: no key in it.</summary>
    public required string RemotesOnly { get; init; }

    /// <summary>Reads and checks a profile; what it refuses is named by line in <paramref name="problems"/> and the result is null.</summary>
    public static OpenVpnProfile? Load(SecretFile file, out IReadOnlyList<string> problems) => throw new NotImplementedException();
}
