using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Lab.Run;

namespace Culvert.SystemTests.Namespaces;

/// <summary>What of a stack must stay, or must change: which processes it has, and which load of the guard stands.</summary>
public sealed partial record StackSnapshot(IReadOnlyDictionary<string, int> Pids, string GuardLoadedAt, string GuardHandle)
{
    /// <summary>As <c>culvert status --json</c> tells it; the handle of the table is the kernel's own, and a new load gets a new one.</summary>
    public static async Task<StackSnapshot> LookAsync(CulvertCli culvert, CancellationToken cancellationToken)
    {
        var status = await culvert.StatusAsync(cancellationToken, "--name", "culvert", "--json");
        using var json = JsonDocument.Parse(status.Output);
        var pids = json.RootElement.GetProperty("processes").EnumerateArray()
            .Where(process => process.GetProperty("running").GetBoolean())
            .ToDictionary(process => process.GetProperty("name").GetString()!, process => process.GetProperty("pid").GetInt32());
        var guard = json.RootElement.GetProperty("namespace").GetProperty("guard_loaded_at").GetString()!;
        var tables = await culvert.Machine.RequireAsync("ip", ["netns", "exec", "culvert-vpn", "nft", "-a", "list", "ruleset"], cancellationToken);
        return new StackSnapshot(pids, guard, Handle().Match(tables).Value);
    }

    /// <summary>The processes that are not those of <paramref name="earlier"/>, in order of name.</summary>
    public IReadOnlyList<string> ReplacedSince(StackSnapshot earlier) =>
        [.. Pids.Keys.Union(earlier.Pids.Keys).Where(name => Pids.GetValueOrDefault(name) != earlier.Pids.GetValueOrDefault(name)).Order()];

    public bool HasTheGuardOf(StackSnapshot earlier) => (GuardLoadedAt, GuardHandle) == (earlier.GuardLoadedAt, earlier.GuardHandle);

    [GeneratedRegex(@"table inet culvert \{ # handle \d+")]
    private static partial Regex Handle();
}
