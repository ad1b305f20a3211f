using System.Globalization;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>
/// A real WireGuard server beside an exit's OpenVPN: the same machine, address and NAT, on UDP at the port whose packets the
/// lab counts as carrier (OpenVPN has it on TCP).
/// </summary>
public sealed class LabWireGuardExit
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private const int SigStop = 19;
    private const int SigCont = 18;
    private readonly LabExit exit;
    private readonly int number;
    private readonly string clientKey;
    private readonly string serverKey;
    private readonly string serverPublicKey;
    private readonly string clientPublicKey;
    private LabProcess? server;

    private LabWireGuardExit(LabExit exit, int number, KeyPair client, KeyPair server)
    {
        (this.exit, this.number) = (exit, number);
        (clientKey, clientPublicKey) = (client.Private, client.Public);
        (serverKey, serverPublicKey) = (server.Private, server.Public);
    }

    private string Device => $"wgexit{number}";

    /// <summary>Makes keys and starts the server of exit <paramref name="number"/> (1 or 2).</summary>
    public static async Task<LabWireGuardExit> StartAsync(LabExit exit, int number, CancellationToken cancellationToken)
    {
        var wireGuard = new LabWireGuardExit(exit, number, await KeysAsync(exit.Place, cancellationToken), await KeysAsync(exit.Place, cancellationToken));
        await wireGuard.StartAsync(cancellationToken);
        return wireGuard;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // A server that was killed leaves its socket, and both the next one and the first `wg show` would remove it: whoever comes second fails.
        await exit.Place.RequireAsync("rm", ["-f", $"/var/run/wireguard/{Device}.sock"], cancellationToken);
        var errors = new Dictionary<string, string> { ["LOG_LEVEL"] = "error" };
        server = await exit.Place.StartAsync("wireguard-go", ["-f", Device], new LabCommandOptions { Environment = errors }, cancellationToken);
        await WaitForControlAsync(cancellationToken);
        await exit.Place.RequireAsync("wg", ["setconf", Device, "/dev/stdin"], cancellationToken, ServerConfiguration);
        await Wiring.BatchAsync(exit.Place, [$"address replace 10.9.{number}.1/24 dev {Device}", $"link set {Device} up mtu 1420"], cancellationToken);
    }

    /// <summary>Kills the server; its port answers nothing from then on.</summary>
    public async Task StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
            server = null;
        }
    }

    /// <summary>The server lives and says nothing, until <see cref="Resume"/>.</summary>
    public void Silence() => server?.Signal(SigStop);

    public void Resume() => server?.Signal(SigCont);

    /// <summary>A configuration as a VPN service hands it out for wg-quick, its DNS and its IPv6 included.</summary>
    public string Profile() => $"""
        [Interface]
        PrivateKey = {clientKey}
        Address = 10.9.{number}.2/32, fd00:9::2/128
        DNS = 8.8.8.8

        [Peer]
        PublicKey = {serverPublicKey}
        AllowedIPs = 0.0.0.0/0, ::/0
        Endpoint = {exit.Address}:{LabAddresses.OpenVpnPort.ToString(CultureInfo.InvariantCulture)}
        PersistentKeepalive = 25

        """;

    private string ServerConfiguration => $"""
        [Interface]
        PrivateKey = {serverKey}
        ListenPort = {LabAddresses.OpenVpnPort.ToString(CultureInfo.InvariantCulture)}

        [Peer]
        PublicKey = {clientPublicKey}
        AllowedIPs = 10.9.{number}.2/32

        """;

    private async Task WaitForControlAsync(CancellationToken cancellationToken)
    {
        var until = DateTimeOffset.UtcNow + StartDeadline;
        while (!(await exit.Place.RunAsync("wg", ["show", Device], cancellationToken)).Succeeded)
        {
            if (DateTimeOffset.UtcNow > until)
            {
                throw new LabException($"starting wireguard-go in {exit.Place.Name}: {server?.Error.Trim()} {server?.Output.Trim()}");
            }

            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    private static async Task<KeyPair> KeysAsync(LabPlace place, CancellationToken cancellationToken)
    {
        var key = await place.RequireAsync("wg", ["genkey"], cancellationToken);
        var publicKey = await place.RequireAsync("wg", ["pubkey"], cancellationToken, key);
        return new KeyPair(key.Trim(), publicKey.Trim());
    }

    private sealed record KeyPair(string Private, string Public);
}
