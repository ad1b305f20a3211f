using System.Net;
using System.Text.Json;
using Culvert.Stack;

namespace Culvert.Verification;

/// <summary>Judges the policy rules and routes of the namespace as <c>ip -json</c> prints them.</summary>
internal static class RouteAudit
{
    private const string Main = "main";

    /// <summary>A rule that chooses a route by firewall mark is forbidden.</summary>
    public static IReadOnlyList<string> MarksIn(string rulesJson)
    {
        using var document = Parse(rulesJson);
        return
        [
            .. from rule in document.RootElement.EnumerateArray()
               where rule.TryGetProperty("fwmark", out _)
               select $"ip rule {rule.GetProperty("priority")} looks at the firewall mark {rule.GetProperty("fwmark")}",
        ];
    }

    /// <summary>
    /// What stands must end in `unreachable`, and by the uplink only its own network and the carriers are reached. A
    /// table of its own may lead on, when only sockets that are bound to the uplink are sent to it.
    /// </summary>
    public static IReadOnlyList<string> Problems(string routesJson, string rulesJson, NamespaceReport report)
    {
        using var routes = Parse(routesJson);
        using var rules = Parse(rulesJson);
        var all = routes.RootElement.EnumerateArray().ToList();
        var bound = TablesForBoundSocketsOnly(rules.RootElement, report.Uplink.Name);
        List<string> problems =
        [
            .. from route in all
               where DevicesOf(route).Contains(report.Uplink.Name) && Text(route, "type") is null or "unicast"
               where !bound.Contains(Text(route, "table") ?? Main) && !MayUseUplink(Text(route, "dst")!, report)
               select $"a route leads out by the uplink past the guard's plan: {route.GetRawText()}",
        ];
        if (!all.Any(route => Text(route, "type") == "unreachable" && Text(route, "dst") == "default" && Text(route, "table") is null or Main))
        {
            problems.Add("there is no `unreachable default` in the main table: without the tunnel, packets would not fail at once");
        }

        return problems;
    }

    // A route with several next hops has no device of its own.
    private static IEnumerable<string?> DevicesOf(JsonElement route) => route.TryGetProperty("nexthops", out var hops)
        ? hops.EnumerateArray().Select(hop => Text(hop, "dev"))
        : [Text(route, "dev")];

    private static HashSet<string> TablesForBoundSocketsOnly(JsonElement rules, string uplink) =>
    [
        .. rules.EnumerateArray()
            .GroupBy(rule => Text(rule, "table") ?? "")
            .Where(table => table.All(rule => Text(rule, "oif") == uplink))
            .Select(table => table.Key),
    ];

    private static bool MayUseUplink(string destination, NamespaceReport report)
    {
        var text = destination.Contains('/') ? destination : $"{destination}/32";
        if (text == $"{report.Uplink.Gateway}/32" || report.Carriers.Any(carrier => !carrier.Bound && text == $"{carrier.Address}/32"))
        {
            return true;
        }

        // The uplink's own network, or a part of it around the namespace's address; "default/32" is no network.
        return IPNetwork.TryParse(text, out var network)
            && network.PrefixLength >= report.Uplink.PrefixLength
            && network.Contains(IPAddress.Parse(report.Uplink.Address));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static JsonDocument Parse(string json) => JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "[]" : json);
}
