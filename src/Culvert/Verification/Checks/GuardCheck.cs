using System.Text.Json;
using Culvert.Linux;

namespace Culvert.Verification.Checks;

/// <summary>The guard stands as planned, the routes too, and there is no mark, set or map anywhere in the namespace.</summary>
internal sealed class GuardCheck : ICheck
{
    public string Id => "guard";

    public string Title => "The guard is intact";

    public bool NeedsQuiet => true;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        const string Expected = "the ruleset reads back as planned; no mark, set or map; routes end in unreachable";
        var target = examination.Target;
        if (target.Guard is not { } guard)
        {
            return new Judgement(Verdict.Inconclusive, Expected, "there is no plan to compare with", []);
        }

        Task<string> Inside(string program, params string[] arguments) =>
            examination.RequireAsync(target.Dev, program, arguments, cancellationToken);

        var rules = await Inside("ip", "-4", "-json", "rule", "show");
        List<string> broken =
        [
            .. guard.Differences(await Inside("nft", "--stateless", "list", "ruleset")),
            .. RulesetAudit.Forbidden(await Inside("nft", "--json", "list", "ruleset")),
            .. RouteAudit.MarksIn(rules),
            .. RouteAudit.MarksIn(await Inside("ip", "-6", "-json", "rule", "show")),
            .. RouteAudit.Problems(
                await Inside("ip", "-4", "-json", "route", "show", "table", "all"), rules, target.Namespace),
        ];
        return Judgement.Of(
            Expected,
            "read back equals the plan; no mark, set or map in any table; routes as planned",
            broken,
            await LegacyTablesAsync(examination, cancellationToken),
            await ControlAsync(examination, guard, cancellationToken));
    }

    /// <summary>The plan is loaded in a throw-away namespace: read back there it must be equal, and each damage must be noticed.</summary>
    private static async Task<Control> ControlAsync(Examination examination, GuardExpectation guard, CancellationToken cancellationToken)
    {
        examination.Used("the plan loaded into a throw-away namespace and damaged there, compared in the same way");
        await using var place = await ThrowawayNamespace.CreateAsync("a copy of the guard", cancellationToken);
        Task<string> There(string program, string? input, params string[] arguments) =>
            place.Standpoint.RequireAsync(program, arguments, cancellationToken, input);

        await There("nft", guard.Ruleset, "-f", "-");
        var same = guard.Differences(await There("nft", null, "--stateless", "list", "ruleset"));
        if (same.Count > 0)
        {
            return new Control(false, $"a fresh copy of the plan already compares as different: {same[0]}");
        }

        var (family, table, chain) = BaseChain(await There("nft", null, "--json", "list", "chains"));
        await There("nft", null, "insert", "rule", family, table, chain, "meta", "mark", "set", "1", "accept");
        await There("ip", null, "rule", "add", "fwmark", "1", "lookup", "main");
        var noticed = guard.Differences(await There("nft", null, "--stateless", "list", "ruleset")).Count > 0
            && RulesetAudit.Forbidden(await There("nft", null, "--json", "list", "ruleset")).Count > 0
            && RouteAudit.MarksIn(await There("ip", null, "-4", "-json", "rule", "show")).Count > 0;
        return noticed
            ? new Control(true, "in a copy, a rule put first that accepts with a mark, and an ip rule with a mark, were noticed")
            : new Control(false, "in a copy, a rule put first that accepts with a mark was not noticed");
    }

    private static (string Family, string Table, string Chain) BaseChain(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("chain", out var chain) && chain.TryGetProperty("hook", out var hook) && hook.GetString() == "output")
            .Select(item => item.GetProperty("chain"))
            .Select(chain => (chain.GetProperty("family").GetString()!, chain.GetProperty("table").GetString()!, chain.GetProperty("name").GetString()!))
            .Last();
    }

    // Rules of the old iptables are outside nftables; nft does not show them.
    private static async Task<IReadOnlyList<string>> LegacyTablesAsync(Examination examination, CancellationToken cancellationToken)
    {
        var names = await examination.RunAsync(
            examination.Target.Dev, "grep", ["-s", "", "/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"], cancellationToken);
        return [.. names.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => $"legacy iptables has a table here that nft does not show: {line}")];
    }
}
