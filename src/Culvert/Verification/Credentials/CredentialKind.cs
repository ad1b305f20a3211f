using System.Text.RegularExpressions;

namespace Culvert.Verification.Credentials;

/// <summary>
/// A kind of file in which a known program keeps a credential: by its name, and by what stands in it, so that a file that only bears the
/// name does not count.
/// </summary>
/// <param name="Title">How a report calls it.</param>
/// <param name="Names">The end of the path from the workspace on, beginning with a slash.</param>
/// <param name="Content">What the beginning of the file matches; null where the name says it all.</param>
/// <param name="Private">True when only a file that nobody but its owner can read counts: programs make keys so, and what git checks out is readable by all.</param>
internal sealed partial record CredentialKind(string Title, Regex Names, Regex? Content = null, bool Private = false)
{
    public static IReadOnlyList<CredentialKind> All { get; } =
    [
        new("a login of Kilo", Name(@"/auth\.json"), StoredLogin()),
        new("the database of Kilo, with logins and prompts", Name(@"/kilo\.db(-wal|-shm|-journal)?")),
        new("a configuration of Kilo with a key in it", Name(@"/(kilo|opencode)\.jsonc?"), LiteralApiKey()),
        new("the password of VS Code Server", Name(@"/config\.yaml"), EditorPassword()),
        new("passwords of a netrc file", Name(@"/[._]netrc"), NetrcPassword()),
        new("environment variables with a key", Name(@"/\.env(\.[^/]+)?|/[^/]+\.env"), KeyVariable()),
        new("a login of GitHub's gh", Name(@"/hosts\.yml"), GitHubToken()),
        new("passwords of git", Name(@"/\.git-credentials|/\.git/config|/\.gitconfig"), PasswordInUrl()),
        new("a login of npm", Name(@"/\.npmrc"), NpmToken()),
        new("a login of PyPI", Name(@"/\.pypirc"), PypiPassword()),
        new("a login of AWS", Name(@"/\.aws/credentials"), AwsSecret()),
        new("a login of Google Cloud", Name(@"/application_default_credentials\.json"), GoogleSecret()),
        new("a login of a container registry", Name(@"/\.docker/config\.json"), RegistryLogin()),
        new("a private key", Name(@"/id_(rsa|dsa|ecdsa|ed25519)(_sk)?|/\.ssh/[^/]+"), PrivateKey()),
        new("a private key", Name(@"/[^/]+\.(pem|key|ppk|ovpn)"), PrivateKey(), Private: true),
    ];

    private static Regex Name(string pattern) => new($"(?:{pattern})$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    [GeneratedRegex("\"type\"\\s*:\\s*\"(api|oauth|wellknown)\"", RegexOptions.CultureInvariant)]
    private static partial Regex StoredLogin();

    // {env:NAME} and {file:PATH} are references, not keys.
    [GeneratedRegex("\"apiKey\"\\s*:\\s*\"[^\"{]{8,}\"", RegexOptions.CultureInvariant)]
    private static partial Regex LiteralApiKey();

    [GeneratedRegex(@"^auth: *password[\s\S]*^(hashed-)?password: *\S", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex EditorPassword();

    [GeneratedRegex(@"\bpassword\s+\S", RegexOptions.CultureInvariant)]
    private static partial Regex NetrcPassword();

    // Twenty characters with a digit among them: an example's your-api-key-here has none.
    [GeneratedRegex("^\\s*(export\\s+)?\\w*(API_?KEY|TOKEN|SECRET|SECRET_KEY|ACCESS_KEY)\\s*=\\s*[\"']?(?=[^\\s\"']*\\d)[\\w.\\-/+]{20,}", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex KeyVariable();

    [GeneratedRegex(@"oauth_token:\s*\S", RegexOptions.CultureInvariant)]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"https?://[^\s/:@]*:[^\s/@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex PasswordInUrl();

    // ${NAME} is a reference.
    [GeneratedRegex(@"_(authToken|auth|password)\s*=\s*[^\s$]", RegexOptions.CultureInvariant)]
    private static partial Regex NpmToken();

    [GeneratedRegex(@"^\s*password\s*[=:]\s*\S", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex PypiPassword();

    [GeneratedRegex(@"aws_secret_access_key\s*=\s*\S", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AwsSecret();

    [GeneratedRegex("\"(refresh_token|private_key|client_secret)\"\\s*:", RegexOptions.CultureInvariant)]
    private static partial Regex GoogleSecret();

    [GeneratedRegex("\"(auth|identitytoken)\"\\s*:\\s*\"[^\"]", RegexOptions.CultureInvariant)]
    private static partial Regex RegistryLogin();

    [GeneratedRegex("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|^PuTTY-User-Key-File", RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();
}
