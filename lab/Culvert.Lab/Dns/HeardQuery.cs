namespace Culvert.Lab.Dns;

/// <summary>A DNS query that the eavesdropper heard in clear: over udp or tcp, sent to which address, by whom, for what.</summary>
public sealed record HeardQuery(DateTimeOffset Time, string Protocol, string To, string From, string Name, int Type);
