using System.Diagnostics;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class ProcessIdentityTests
{
    [Theory]
    [InlineData("12 (cat) S 1 12 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 0 0", 'S', 7, 4711)]
    [InlineData("12 (a) R (b) Z 1 12 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 0 0", 'Z', 7, 4711)]
    public void State_is_read_behind_a_name_with_anything_in_it(string stat, char letter, int session, ulong ticks) =>
        Assert.Equal(new ProcessState(letter, session, ticks), ProcessState.Parse(stat));

    [Theory]
    [InlineData("")]
    [InlineData("12 (cat")]
    [InlineData("12 (cat) S 1 12")]
    [InlineData("12 (cat) S 1 12 x 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 0 0")]
    public void Half_a_line_is_no_state(string stat) => Assert.Null(ProcessState.Parse(stat));

    [Fact]
    public void A_process_is_alive_until_it_ends_and_a_later_one_of_its_pid_is_another()
    {
        var own = new ProcessIdentity(Environment.ProcessId, ProcessState.Read(Environment.ProcessId)!.Value.StartTicks);
        Assert.True(own.IsAlive);
        Assert.False((own with { StartTicks = own.StartTicks + 1 }).IsAlive);
        using var child = Process.Start("true");
        child.WaitForExit();
        Assert.Null(ProcessState.Read(child.Id));
    }
}
