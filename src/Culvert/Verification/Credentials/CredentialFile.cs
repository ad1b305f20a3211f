namespace Culvert.Verification.Credentials;

/// <summary>A file that holds a credential; its content is never kept.</summary>
internal sealed record CredentialFile(string Path, string Kind);
