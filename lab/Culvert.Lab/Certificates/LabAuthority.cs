using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Lab.Certificates;

/// <summary>A certificate with its key, as PEM.</summary>
public sealed record LabCertificate(string CertificatePem, string KeyPem);

/// <summary>The certificate authority of one lab. Its key lives in this object only.</summary>
public sealed class LabAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly X509Certificate2 authority;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public LabAuthority()
    {
        var request = new CertificateRequest("CN=Culvert lab CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        authority = request.CreateSelfSigned(From, Until);
    }

    public string CertificatePem => authority.ExportCertificatePem();

    private static DateTimeOffset From => DateTimeOffset.UtcNow.AddDays(-1);

    private static DateTimeOffset Until => DateTimeOffset.UtcNow.AddDays(30);

    public LabCertificate Server(string name, params IReadOnlyList<IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        return Issue(name, ServerAuthentication, names.Build());
    }

    public LabCertificate Client(string name) => Issue(name, ClientAuthentication, null);

    public void Dispose()
    {
        authority.Dispose();
        key.Dispose();
    }

    private LabCertificate Issue(string name, string usage, X509Extension? names)
    {
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", leafKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        // The authority is a day older than what it signs may claim, so both start at the same moment.
        using var leaf = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        return new LabCertificate(leaf.ExportCertificatePem(), leafKey.ExportPkcs8PrivateKeyPem());
    }
}
