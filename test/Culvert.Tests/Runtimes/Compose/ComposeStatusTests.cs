using Culvert.Runtimes.Compose;

namespace Culvert.Tests.Runtimes.Compose;

public sealed class ComposeStatusTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PartReport Vpn = new("vpn", "vpn", "running", 0, Noon, 0, "healthy", null, JoinsAnother: false);
    private static readonly PartReport Dev = new("dev", "dev", "running", 0, Noon.AddSeconds(3), 0, "healthy", null, JoinsAnother: true);

    [Fact]
    public void A_stack_whose_parts_run_and_are_healthy_has_no_problem() => Assert.Empty(Of(Vpn, Dev).Problems);

    [Fact]
    public void A_part_that_started_before_the_owner_did_is_stranded_and_what_to_do_is_said()
    {
        var status = Of(Vpn with { Since = Noon.AddMinutes(5) }, Dev);
        Assert.Equal([Dev], status.Stranded);
        Assert.Equal("dev is attached to a namespace whose owner is gone: closed, without a network; `culvert up` attaches it to the new one", Assert.Single(status.Problems));
    }

    [Fact]
    public void Whoever_joined_an_owner_that_does_not_run_is_stranded_too()
    {
        var status = Of(Vpn with { State = "exited", ExitCode = 1, Health = null }, Dev);
        Assert.Equal([Dev], status.Stranded);
        Assert.Contains(status.Problems, problem => problem.StartsWith("vpn does not run (exit code 1), so the namespace is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_part_with_a_network_of_its_own_is_never_stranded() =>
        Assert.Empty(Of(Vpn with { Since = Noon.AddMinutes(5) }, Dev with { JoinsAnother = false }).Stranded);

    [Fact]
    public void What_the_compose_file_asks_for_and_is_not_there_is_a_problem() =>
        Assert.Equal("dev is not there; `culvert up` makes it", Assert.Single(Of(Vpn).Problems));

    [Fact]
    public void A_stack_without_a_container_is_not_up() =>
        Assert.Equal("culvert is not up; start it with `culvert up`", Assert.Single(Of().Problems));

    [Fact]
    public void An_unhealthy_part_says_what_its_health_check_said() =>
        Assert.Equal("dev is unhealthy: no answer", Assert.Single(Of(Vpn, Dev with { Health = "unhealthy", Complaint = "no answer" }).Problems));

    private static ComposeStatus Of(params PartReport[] parts) => new("culvert", ["vpn", "dev"], parts);
}
