using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class ProcessTaskTests
{
    private static string OwnNetwork => new FileInfo("/proc/self/ns/net").LinkTarget!;

    [Fact]
    public void Is_read_from_the_kernels_text()
    {
        const string Status = "Name:\topenvpn\nPPid:\t17\nUid:\t970\t970\t970\t970\nGid:\t971\t971\t971\t971\nCapInh:\t0000000000000001\nCapPrm:\t0000000000000002\nCapEff:\t0000000000000004\nCapBnd:\t00000000000000f0\nCapAmb:\t0000000000000008\nNoNewPrivs:\t1\n";
        var task = ProcessTask.Parse(20, 21, Status, "openvpn\0--config\0/run/x\0");
        Assert.Equal((20, 21, 17, "openvpn", 970, 971, true), (task.Process, task.Thread, task.Parent, task.Name, task.Uid, task.Gid, task.NoNewPrivileges));
        Assert.Equal(["openvpn", "--config", "/run/x"], task.Arguments);
        Assert.Equal(0xful, task.AnyCapability);
    }

    [Fact]
    public async Task Those_of_a_namespace_are_found_with_uid_and_arguments_and_no_others()
    {
        await using var space = await TestNamespace.CreateAsync("setpriv", "cat");
        await using var inside = HeldProcess.Start(space.Standpoint.Command("setpriv", ["--reuid=1000", "--clear-groups", "--no-new-privs", "cat", "-", "-u"]).AsSpan().ToArray());
        await inside.WriteLineAsync("ready", TestContext.Current.CancellationToken);
        await inside.ReadLineAsync(TestContext.Current.CancellationToken);
        var network = (await space.RunAsync("readlink", "/proc/self/ns/net")).Trim();

        var task = Assert.Single(ProcessTask.InNetwork(network), task => task.Process == inside.Id);

        Assert.Equal((1000, 0ul, true), (task.Uid, task.AnyCapability, task.NoNewPrivileges));
        Assert.Equal(["cat", "-", "-u"], task.Arguments);
        Assert.Equal(Environment.ProcessId, task.Parent);
        Assert.DoesNotContain(ProcessTask.InNetwork(network), other => other.Process == Environment.ProcessId);
    }

    [Fact]
    public void A_thread_that_ends_meanwhile_does_not_hide_its_process()
    {
        using var churn = new ThreadChurn();
        for (var time = 0; time < 20; time++)
        {
            Assert.Contains(ProcessTask.InNetwork(OwnNetwork), task => task.Process == Environment.ProcessId);
        }
    }

    [Fact]
    public void The_own_one_tells_what_this_process_holds() =>
        Assert.Equal((Environment.ProcessId, UserIdentity.EffectiveUid() == 0), (ProcessTask.Own().Process, ProcessTask.Own().Permitted != 0));
}
