namespace Culvert.Fuzz;

/// <summary>A parser under test: <see cref="Check"/> throws where it and its oracle disagree, or where the parser throws.</summary>
internal sealed record FuzzTarget(string Name, Action<byte[]> Check, string[] Words)
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        Targets.HostTarget.Target,
        Targets.HeadTarget.Target,
        Targets.ChunkedTarget.Target,
        Targets.DnsTarget.Target,
        Targets.SocksTarget.Target,
        Targets.UdpTarget.Target,
        Targets.OpenVpnTarget.Target,
        Targets.ManagementTarget.Target,
        Targets.PushTarget.Target,
        Targets.WireGuardTarget.Target,
        Targets.WireGuardAnswerTarget.Target,
        Targets.AdGuardTarget.Target,
    ];

    /// <summary>The inputs in the repository that mutation begins from.</summary>
    public IReadOnlyList<byte[]> ReadCorpus() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", Name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}

/// <summary>The parser and its oracle disagree.</summary>
internal sealed class DisagreementException(string message) : Exception(message);
