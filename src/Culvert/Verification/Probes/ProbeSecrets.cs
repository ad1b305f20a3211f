namespace Culvert.Verification.Probes;

/// <summary>What a probe reads from its standard input, because arguments can be read by everybody on the machine.</summary>
internal sealed record ProbeSecrets(string? User, string? Password, IReadOnlyDictionary<string, string>? Headers, string? Url)
{
    public static readonly ProbeSecrets None = new(null, null, null, null);

    public override string ToString() => "***";
}
