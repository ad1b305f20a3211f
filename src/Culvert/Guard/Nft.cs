using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>The <c>nft</c> program. Needs CAP_NET_ADMIN in the namespace, for reading too. Throws <see cref="SubprocessFailedException"/>.</summary>
internal sealed class Nft(Standpoint place)
{
    public static readonly Nft Own = new(Standpoint.Own);

    /// <summary>Replaces the table in one transaction: on any error nothing changes and what stood before stands on.</summary>
    public Task ReplaceAsync(RuleTable table, CancellationToken cancellationToken) =>
        place.RequireAsync("nft", ["-f", "-"], cancellationToken, input: Ruleset.Transaction(table));

    /// <summary>Closes a namespace that nobody guards yet; a guard that stands is not changed.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) =>
        place.RequireAsync("nft", ["-f", "-"], cancellationToken, input: Ruleset.Closed.ToText());

    /// <summary>The whole ruleset of the namespace, every table, without counter values.</summary>
    public Task<string> ListAsync(CancellationToken cancellationToken) =>
        place.RequireAsync("nft", ["--stateless", "list", "ruleset"], cancellationToken);
}
