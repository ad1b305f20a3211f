namespace Culvert.Verification.Probes;

/// <summary>
/// Packets that leave by an interface past the proxies and have to do with a provider. <see cref="Kind"/> says by what: the name in a TLS
/// ClientHello, a DNS question, or, where no name was to be read, the address alone. Nothing else of them is kept.
/// </summary>
internal sealed record SightedCall(string Interface, CallKind Kind, string Name, string Destination, long Packets)
{
    /// <summary>One line for people: <c>TLS to api.openai.com by eth0, 198.51.100.10:443, 2 packets</c>.</summary>
    public string Describe()
    {
        var what = Kind switch
        {
            CallKind.Tls => $"TLS to {Name}",
            CallKind.Dns => $"a DNS question for {Name}",
            _ => $"packets without a readable name to an address of {Name}",
        };
        return $"{what} by {Interface}, {Destination}, {Packets} packet{(Packets == 1 ? "" : "s")}";
    }
}

internal enum CallKind
{
    Tls,
    Dns,
    Address,
}

/// <summary>An interface, and how many of the deliberate calls that the probe sent there it saw itself.</summary>
internal sealed record InterfaceProof(string Interface, int Sent, int Seen);

/// <summary>What a watched application did while it was watched.</summary>
internal sealed record CallReport(
    double Seconds, long Packets, long Dropped, long NotRead, IReadOnlyList<InterfaceProof> Proofs, IReadOnlyList<SightedCall> Calls)
{
    /// <summary>Null when it can be trusted, otherwise why not.</summary>
    public string? Doubt => this switch
    {
        { Dropped: > 0 } => $"the kernel dropped {Dropped} packets before they were read",
        { NotRead: > 0 } => $"{NotRead} packets belong to more connections than can be followed",
        { Proofs.Count: 0 } => "no interface is up, so nothing was watched",
        _ when Proofs.FirstOrDefault(proof => proof.Seen < proof.Sent) is { } blind => $"of {blind.Sent} deliberate calls by {blind.Interface}, {blind.Seen} were seen",
        _ => null,
    };
}
