using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel.Drivers;

/// <summary>Profiles as VPN services hand them out, and one line more.</summary>
internal static class OpenVpnProfileText
{
    public const string Certificate = "-----BEGIN CERTIFICATE-----\nTUlJQ2VydA==\n-----END CERTIFICATE-----";
    public const string Key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWtleS1jYW5hcnk=\n-----END PRIVATE KEY-----";

    /// <summary>Eleven lines to the first block.</summary>
    public const string Usual = $"""
        client
        dev tun
        proto tcp
        remote 203.0.113.11 1194
        resolv-retry infinite
        nobind
        remote-cert-tls server
        cipher AES-256-GCM
        verb 3
        <ca>
        {Certificate}
        </ca>

        """;

    public static OpenVpnProfile Read(string text, TemporaryFolder? folder = null) =>
        Reader(folder).Read(text, out var problems) ?? throw new InvalidOperationException(string.Join('\n', problems));

    public static IReadOnlyList<string> Problems(string text, TemporaryFolder? folder = null)
    {
        var profile = Reader(folder).Read(text, out var problems);
        Assert.Equal(profile is null, problems.Count > 0);
        return problems;
    }

    /// <summary>The only problem of a usual profile with these lines in front.</summary>
    public static string Problem(string lines, TemporaryFolder? folder = null) => Assert.Single(Problems(lines + "\n" + Usual, folder));

    private static OpenVpnProfileReader Reader(TemporaryFolder? folder) => new(folder?.PathOf("exit.ovpn") ?? "exit.ovpn", whole: true);
}
