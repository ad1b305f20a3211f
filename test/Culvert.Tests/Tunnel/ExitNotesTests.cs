using System.Collections.Immutable;
using Culvert.Tests.Tunnel.Drivers;
using Culvert.Tunnel;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tests.Tunnel;

public sealed class ExitNotesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly string[] Names = ["frankfurt", "stockholm"];
    private static readonly ExitNote Dead = new(Now + TimeSpan.FromMinutes(1), "gave up waiting for the server to answer", null, Carries: false);

    [Fact]
    public void Nothing_to_explain_is_no_sentence() => Assert.Null(Sentence(0, []));

    [Fact]
    public void Exits_that_are_not_used_are_explained_until_their_time_is_over()
    {
        Assert.Equal("frankfurt is not used: gave up waiting for the server to answer", Sentence(1, new() { [0] = Dead }));
        Assert.Null(Sentence(1, new() { [0] = Dead with { AvoidUntil = Now } }));
    }

    [Fact]
    public void An_exit_that_is_used_for_lack_of_a_better_one_is_explained() => Assert.Equal(
        "frankfurt is used although OpenAI does not serve it, because no other location is better; stockholm is not used: gave up waiting for the server to answer",
        Sentence(0, new() { [0] = new ExitNote(null, "OpenAI does not serve it", Now, Carries: true), [1] = Dead }));

    [Fact]
    public void An_exit_that_is_being_left_says_for_which_why_and_until_when_by_the_wall_clock() => Assert.Equal(
        "leaving frankfurt for stockholm because OpenAI does not serve it, after the streams that live or at 01:00:30",
        Sentence(0, new() { [0] = new ExitNote(null, "OpenAI does not serve it", Now, Carries: true) }, TunnelLeaving.Begin("OpenAI does not serve it", default, Now)));

    private static string? Sentence(int exit, Dictionary<int, ExitNote> notes, TunnelLeaving? leaving = null)
    {
        var profile = OpenVpnProfileText.Read(OpenVpnProfileText.Usual);
        TunnelExit[] exits = [.. Names.Select(name => new OpenVpnExit(name, profile.Carriers[0], profile, TunnelExitTests.Vpn()))];
        var status = TunnelStatus.Initial(Now, 1, TunnelTimings.Default) with { Phase = TunnelPhase.Connected, Exit = exit, Notes = notes.ToImmutableDictionary(), Leaving = leaving };
        return ExitNotes.Sentence(exits, status, Now, TimeSpan.FromHours(1));
    }
}
