namespace Culvert.Lab.Providers;

/// <summary>What the providers' program and the lab tell each other: certificates in, a list of blocked regions in, records out.</summary>
internal sealed record ProviderFolder(string Path)
{
    public string CertificateOf(string provider) => $"{Path}/{provider}.pem";

    public string KeyOf(string provider) => $"{Path}/{provider}.key";

    public string Calls => $"{Path}/calls.jsonl";

    /// <summary>One address a line: calls from it are answered as if it stood in a region that is not served.</summary>
    public string BlockedAddresses => $"{Path}/blocked";
}
