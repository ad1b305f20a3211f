using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Tests.Tunnel.Drivers.WireGuard;

/// <summary>Configurations as VPN services hand them out for wg-quick.</summary>
internal static class WireGuardProfileText
{
    public const string PrivateKey = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    public const string PublicKey = "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A=";
    public const string SharedKey = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A=";

    public const string Usual = $"""
        [Interface]
        PrivateKey = {PrivateKey}
        Address = 10.9.1.2/32, fd00:9::2/128
        DNS = 8.8.8.8

        [Peer]
        PublicKey = {PublicKey}
        AllowedIPs = 0.0.0.0/0, ::/0
        Endpoint = 203.0.113.11:51820

        """;

    public static WireGuardProfile Read(string text, bool whole = true, TemporaryFolder? folder = null) =>
        Reader(whole, folder).Read(text, out var problems) ?? throw new InvalidOperationException(string.Join('\n', problems));

    public static IReadOnlyList<string> Problems(string text, bool whole = true, TemporaryFolder? folder = null)
    {
        var profile = Reader(whole, folder).Read(text, out var problems);
        Assert.Equal(profile is null, problems.Count > 0);
        return problems;
    }

    private static WireGuardProfileReader Reader(bool whole, TemporaryFolder? folder) => new(folder?.PathOf("exit.conf") ?? "exit.conf", whole);
}
