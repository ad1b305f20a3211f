namespace Culvert.Guard;

/// <summary>Whose packets may be the carrier, as a rule matches it: the socket's uid and, for root, its gid (both of the file's credentials).</summary>
internal static class TunnelIdentity
{
    public static string Of(NamespacePlan plan) =>
        $"meta skuid {plan.TunnelUid}" + (plan.TunnelGid is { } gid ? $" meta skgid {gid}" : "");

    /// <summary>Everybody else who has a uid. A packet without a socket matches none of it, nor <see cref="Of"/>.</summary>
    public static IEnumerable<string> Others(NamespacePlan plan)
    {
        yield return $"meta skuid != {plan.TunnelUid}";
        if (plan.TunnelGid is { } gid)
        {
            yield return $"meta skgid != {gid}";
        }
    }
}
