namespace Culvert.Resolver;

/// <summary>The system's file of certificate authorities; <c>SSL_CERT_FILE</c> names another, as for OpenSSL.</summary>
internal static class CaBundle
{
    // Debian and Alpine; Fedora; openSUSE.
    private static readonly string[] Places =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

    /// <summary>Null when there is none: without it an upstream cannot prove who it is.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 } named
            ? named
            : Places.FirstOrDefault(File.Exists);
}
