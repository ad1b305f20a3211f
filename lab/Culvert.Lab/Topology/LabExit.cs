using System.Globalization;
using System.Net;
using Culvert.Lab.Certificates;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>How an exit's server is started. <see cref="Pushes"/> are sent to clients, as a server that means well or ill would.</summary>
public sealed record ExitOptions
{
    public static readonly ExitOptions Default = new();

    public bool Udp { get; init; }

    /// <summary>A program of the exit that judges users and passwords; null where a certificate is all that is asked for.</summary>
    public string? LoginCheck { get; init; }

    /// <summary>What real services push: everything through the tunnel, and their own resolver.</summary>
    public IReadOnlyList<string> Pushes { get; init; } = ["redirect-gateway def1", $"dhcp-option DNS {LabAddresses.DotResolver}"];
}

/// <summary>A real OpenVPN server that masquerades as its public address.</summary>
public sealed class LabExit
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private const int SigStop = 19;
    private const int SigCont = 18;
    private readonly int number;
    private readonly string authorityPem;
    private readonly LabCertificate clientCertificate;
    private LabProcess? server;

    internal LabExit(LabSandbox sandbox, int number, LabAuthority authority)
    {
        this.number = number;
        Place = sandbox.Namespace($"exit{number}");
        Address = IPAddress.Parse($"203.0.113.{10 + number}");
        authorityPem = authority.CertificatePem;
        clientCertificate = authority.Client("culvert");
        var serverCertificate = authority.Server($"exit{number}.lab.example", Address);
        Directory.CreateDirectory(Place.PathOf(Folder));
        File.WriteAllText(Place.PathOf($"{Folder}/ca.pem"), authorityPem);
        File.WriteAllText(Place.PathOf($"{Folder}/server.pem"), serverCertificate.CertificatePem);
        File.WriteAllText(Place.PathOf($"{Folder}/server.key"), serverCertificate.KeyPem);
        File.SetUnixFileMode(Place.PathOf($"{Folder}/server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public LabPlace Place { get; }

    /// <summary>What providers see, and where clients connect.</summary>
    public IPAddress Address { get; }

    /// <summary>What the server printed since it was started last.</summary>
    public string Log => server?.Output ?? "";

    private string Folder => $"/run/lab/exit{number}";

    /// <summary>Starts the server and waits until it takes clients.</summary>
    public async Task StartAsync(ExitOptions options, CancellationToken cancellationToken)
    {
        server = await Place.StartAsync("openvpn", ServerArguments(options), LabCommandOptions.None, cancellationToken);
        await server.WaitForLineAsync(line => line.Contains("Initialization Sequence Completed", StringComparison.Ordinal), StartDeadline, cancellationToken);
    }

    /// <summary>Kills the server; connections to it are reset from then on.</summary>
    public async Task StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
            server = null;
        }
    }

    public async Task RestartAsync(ExitOptions options, CancellationToken cancellationToken)
    {
        await StopAsync();
        await StartAsync(options, cancellationToken);
    }

    /// <summary>The server says nothing any more but its sockets stay open, until <see cref="Resume"/>.</summary>
    public void Silence() => server?.Signal(SigStop);

    public void Resume() => server?.Signal(SigCont);

    /// <summary>A profile as a VPN service hands it out, keys inline; the remote is an address.</summary>
    public string Profile(bool udp = false) => $"""
        client
        dev tun
        proto {(udp ? "udp" : "tcp")}
        remote {Address} {LabAddresses.OpenVpnPort}
        nobind
        persist-key
        persist-tun
        remote-cert-tls server
        data-ciphers AES-256-GCM:CHACHA20-POLY1305
        verb 3
        <ca>
        {authorityPem.Trim()}
        </ca>
        <cert>
        {clientCertificate.CertificatePem.Trim()}
        </cert>
        <key>
        {clientCertificate.KeyPem.Trim()}
        </key>

        """;

    private IReadOnlyList<string> ServerArguments(ExitOptions options) =>
    [
        "--dev", "tun0",
        "--proto", options.Udp ? "udp" : "tcp-server",
        "--local", Address.ToString(),
        "--port", LabAddresses.OpenVpnPort.ToString(CultureInfo.InvariantCulture),
        "--topology", "subnet",
        "--server", $"10.8.{number}.0", "255.255.255.0",
        "--duplicate-cn",
        "--dh", "none",
        "--keepalive", "2", "8",
        "--data-ciphers", "AES-256-GCM:CHACHA20-POLY1305",
        "--ca", $"{Folder}/ca.pem",
        "--cert", $"{Folder}/server.pem",
        "--key", $"{Folder}/server.key",
        "--disable-dco",
        "--verb", "3",
        .. options.LoginCheck is { } check ? new[] { "--script-security", "2", "--auth-user-pass-verify", check, "via-file" } : [],
        .. options.Pushes.SelectMany(push => new[] { "--push", push }),
    ];
}
