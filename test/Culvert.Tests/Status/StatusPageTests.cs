using Culvert.Stack;
using Culvert.Status;

namespace Culvert.Tests.Status;

public sealed class StatusPageTests
{
    [Fact]
    public void Says_through_what_calls_leave()
    {
        var page = StatusPage.Of(Views.With(TunnelState.Connected));

        Assert.Contains("<h1>LLM calls leave through 203.0.113.11:1194</h1>", page, StringComparison.Ordinal);
        Assert.Contains("connected for 7 s", page, StringComparison.Ordinal);
        Assert.Contains("1 h 1 min", page, StringComparison.Ordinal);
        Assert.Contains("sha256 abc123…", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_why_no_call_leaves()
    {
        var page = StatusPage.Of(Views.With(TunnelState.Reconnecting, "the server did not answer"));

        Assert.Contains("<h1>No LLM call leaves: the tunnel is reconnecting</h1>", page, StringComparison.Ordinal);
        Assert.Contains("the server did not answer", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_away_is_not_shown_as_carrying()
    {
        var page = StatusPage.Of(Views.With(TunnelState.Connected, problem: "port 1080 does not speak SOCKS5"));

        Assert.Contains("a part does not do its job", page, StringComparison.Ordinal);
        Assert.Contains("port 1080 does not speak SOCKS5", page, StringComparison.Ordinal);
        Assert.DoesNotContain("LLM calls leave", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_calls_by_application_and_provider_with_what_they_carried()
    {
        var page = StatusPage.Of(Views.With(TunnelState.Connected) with { Calls = Views.Calls });

        Assert.Contains("<td>dev</td><td>openai</td><td>relayed</td><td>7</td><td>1.5 kB</td><td>2.0 MB</td>", page, StringComparison.Ordinal);
        Assert.Contains("3 connections are open", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_guard_nothing_is_promised() =>
        Assert.Contains("The guard does not stand here", StatusPage.Of(new StatusView("lab", Views.Now, null, null, [])), StringComparison.Ordinal);

    [Fact]
    public void What_a_role_reports_is_text_and_never_markup()
    {
        var page = StatusPage.Of(Views.With(TunnelState.Failed, "<script>alert(1)</script>", "<img src=x>"));

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }
}
