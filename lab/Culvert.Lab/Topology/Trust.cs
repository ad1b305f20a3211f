using Culvert.Lab.Certificates;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>Makes a machine ordinary: it trusts the lab's CA as its own system store does, and resolves where its DHCP would say.</summary>
internal static class Trust
{
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";

    public static async Task SetUpAsync(LabMachine machine, LabAuthority authority, string resolver, CancellationToken cancellationToken)
    {
        var pem = authority.CertificatePem + "\n";
        var system = File.Exists(Bundle) ? await File.ReadAllTextAsync(Bundle, cancellationToken) : "";
        machine.WriteFile(Bundle, system + pem);
        // OpenSSL looks a certificate up in the folder by the hash of its subject; .NET reads every file of it.
        var hash = await machine.RequireAsync("openssl", ["x509", "-noout", "-subject_hash"], cancellationToken, pem);
        machine.WriteFile($"/etc/ssl/certs/{hash.Trim()}.0", pem);
        machine.WriteFile("/etc/resolv.conf", $"nameserver {resolver}\n");
        machine.WriteFile("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        machine.WriteFile("/etc/hosts", $"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {machine.Name}\n");
    }
}
