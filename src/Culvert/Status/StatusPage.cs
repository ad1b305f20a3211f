using System.Net;
using System.Text;
using Culvert.Stack;

namespace Culvert.Status;

/// <summary>The page that a person looks at: one sentence, then what it rests on. It reloads itself and runs no script.</summary>
internal static class StatusPage
{
    private const string Style = """
        :root { color-scheme: light dark; --good: #1a7f37; --bad: #b35900; --quiet: #6e7781; --line: #d0d7de; --card: #f6f8fa; }
        @media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #e3a008; --quiet: #8b949e; --line: #30363d; --card: #161b22; } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2.5rem auto; padding: 0 1rem; }
        header { border-left: .4rem solid var(--tone); padding: .2rem 0 .2rem 1rem; margin-bottom: 2rem; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; color: var(--quiet); font-weight: 600; }
        p { margin: .3rem 0; } small, .quiet { color: var(--quiet); }
        .holds { --tone: var(--good); } .closed { --tone: var(--bad); }
        table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { font-weight: 400; color: var(--quiet); width: 12rem; } .dot { color: var(--tone); } code { background: var(--card); padding: .1rem .3rem; border-radius: .3rem; overflow-wrap: anywhere; }
        footer { margin-top: 2.5rem; color: var(--quiet); } a { color: inherit; }
        """;

    private const int MostLines = 50;

    public static string Of(StatusView view)
    {
        var page = new StringBuilder();
        var tone = view.Carries ? "holds" : "closed";
        page.Append($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width">
            <title>{(view.Carries ? "✓" : "✕")} {Text(view.Stack)} – Culvert</title><style>{Style}</style></head><body>
            <header class="{tone}"><h1>{Text(Sentence(view))}</h1><p class="quiet">{Text(Explanation(view))}</p></header>
            """);
        Section(page, "Parts", view.Roles.Select(role => (
            $"<span class=\"{(role.Problem is null ? "holds" : "closed")}\"><span class=\"dot\">●</span></span> {Text(role.Name)}",
            Text(role.Problem ?? "does its job"))));
        if (view.Tunnel is { } tunnel)
        {
            Section(page, "Tunnel", TunnelRows(tunnel, view.At).Select(row => (Text(row.Name), Text(row.Value))));
        }

        if (view.Calls is { Lines.Count: > 0 } calls)
        {
            Calls(page, calls);
        }

        if (view.Guard is { } guard)
        {
            Section(page, "Guard", GuardRows(guard, view.At).Select(row => (Text(row.Name), $"<code>{Text(row.Value)}</code>")));
        }

        page.Append($"""
            <footer><small>{Text($"{view.At:yyyy-MM-dd HH:mm:ss} UTC")} · <a href="/status.json">JSON</a> · <a href="/metrics">metrics</a> ·
            the proof from outside: <code>culvert verify</code></small></footer></body></html>
            """);
        return page.ToString();
    }

    private static string Sentence(StatusView view) => view switch
    {
        { Guard: null } => "The guard does not stand here",
        { Carries: true, Tunnel.Exit: { } exit } => $"LLM calls leave through {exit}",
        { Carries: true } => "LLM calls leave through the tunnel",
        { Tunnel: { State: TunnelState.Connected } } => "The tunnel is up, and a part does not do its job",
        { Tunnel: { } tunnel } => $"No LLM call leaves: the tunnel is {tunnel.State.ToString().ToLowerInvariant()}",
        _ => "No LLM call leaves: the tunnel has not started",
    };

    private static string Explanation(StatusView view) => view switch
    {
        { Guard: null } => "See the log of hold.",
        { Carries: true, Tunnel.Note: { } note } => note,
        { Carries: true } => "Everything else is refused by the guard.",
        { Tunnel.Reason: { } reason } => reason,
        _ => "The guard stands, so nothing leaves another way.",
    };

    private static IEnumerable<(string Name, string Value)> TunnelRows(TunnelReport tunnel, DateTimeOffset now)
    {
        yield return ("state", $"{tunnel.State.ToString().ToLowerInvariant()} for {Age(now - tunnel.Since)}");
        yield return ("driver", tunnel.Driver);
        if (tunnel.Location is { } location)
        {
            yield return ("location", location);
        }

        if (tunnel.TunnelAddress is { } address)
        {
            yield return ("address on tun0", address);
        }
    }

    private static IEnumerable<(string Name, string Value)> GuardRows(NamespaceReport guard, DateTimeOffset now)
    {
        yield return ("stands for", Age(now - guard.GuardLoadedAt));
        yield return ("carrier", string.Join(", ", guard.Carriers.Select(carrier => $"{carrier.Protocol} {carrier.Address ?? "any address"}:{carrier.Port}")));
        yield return ("uplink", $"{guard.Uplink.Name} {guard.Uplink.Address}/{guard.Uplink.PrefixLength}");
        yield return ("ruleset", $"sha256 {guard.RulesetSha256[..Math.Min(16, guard.RulesetSha256.Length)]}…");
    }

    private static void Section(StringBuilder page, string title, IEnumerable<(string Name, string Value)> rows)
    {
        page.Append($"<h2>{title}</h2><table>");
        foreach (var (name, value) in rows)
        {
            page.Append($"<tr><th>{name}</th><td>{value}</td></tr>");
        }

        page.Append("</table>");
    }

    private static void Calls(StringBuilder page, CallsReport calls)
    {
        page.Append("<h2>Calls through the proxies</h2><table><tr><th>application</th><th>provider</th><th>outcome</th><th>calls</th><th>up</th><th>down</th></tr>");
        foreach (var line in calls.Lines.OrderByDescending(line => line.Calls).Take(MostLines))
        {
            page.Append($"<tr><td>{Text(line.Application == "127.0.0.1" ? "dev" : line.Application)}</td><td>{Text(line.Provider)}</td><td>{Text(line.Outcome)}</td>");
            page.Append($"<td>{line.Calls}</td><td>{Size(line.BytesUp)}</td><td>{Size(line.BytesDown)}</td></tr>");
        }

        page.Append($"</table><p><small>{(calls.OpenConnections == 1 ? "1 connection is" : $"{calls.OpenConnections} connections are")} open; counted since the proxy was started</small></p>");
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 0 } => "0 s",
        { TotalMinutes: < 1 } => $"{age.TotalSeconds:0} s",
        { TotalHours: < 1 } => $"{age.TotalMinutes:0} min",
        { TotalDays: < 1 } => $"{age.Hours} h {age.Minutes} min",
        _ => $"{age.Days} d {age.Hours} h",
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
