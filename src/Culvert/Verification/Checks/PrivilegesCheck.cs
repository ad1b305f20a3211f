using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Verification.Checks;

/// <summary>Of all threads in the namespace only the tunnel role's hold a capability, and that is NET_ADMIN.</summary>
internal sealed class PrivilegesCheck : ICheck
{
    private const ulong NetAdmin = 1UL << 12;

    private static readonly Role[] Required = [Role.Hold, Role.Tunnel, Role.Resolver, Role.Proxy];

    private static readonly TimeSpan UntilEntered = TimeSpan.FromSeconds(2);

    public string Id => "privileges";

    public string Title => "Roles hold no more rights than they need";

    public bool NeedsQuiet => true;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var network = await examination.RequireAsync(
            examination.Target.Dev, "readlink", ["/proc/self/ns/net"], cancellationToken);
        examination.Used($"reading /proc/*/task/*/status of every process whose ns/net is {network.Trim()}");
        IReadOnlyList<ProcessTask> Look() => WithoutDescendantsOf(Environment.ProcessId, ProcessTask.InNetwork(network.Trim()));
        var (tasks, own, isSealed) = (Look(), ProcessTask.Own(), examination.Target.DevIsSealed);
        var clientHasRight = examination.Target.Stack.Vpn.Driver == VpnDriver.AdGuard;
        if (Judge(tasks, own, isSealed, clientHasRight) is { Verdict: Verdict.Holds } judgement)
        {
            return judgement;
        }

        // A container engine that enters a container has every right until its command begins; that is over before the second look.
        await Task.Delay(UntilEntered, cancellationToken);
        return Judge(Staying(tasks, Look()), own, isSealed, clientHasRight);
    }

    /// <summary>What was there at the first look and is at the second.</summary>
    internal static IReadOnlyList<ProcessTask> Staying(IReadOnlyList<ProcessTask> first, IReadOnlyList<ProcessTask> second)
    {
        var before = first.Select(task => task.Process).ToHashSet();
        return [.. second.Where(task => before.Contains(task.Process))];
    }

    internal static Judgement Judge(IReadOnlyList<ProcessTask> tasks, ProcessTask own, bool devIsSealed = false, bool clientHasRight = false)
    {
        List<string> broken = [];
        foreach (var process in tasks.GroupBy(task => task.Process))
        {
            broken.AddRange(process.SelectMany(task => Problems(task, devIsSealed, clientHasRight)).Distinct());
        }

        broken.AddRange(Required
            .Where(role => !tasks.Any(task => RoleOf(task) == role))
            .Select(role => $"no process of the role {role.Name} runs in the namespace"));
        var processes = tasks.Select(task => task.Process).Distinct().Count();
        return Judgement.Of(
            $"NET_ADMIN for the tunnel role{(clientHasRight ? " and its client" : "")}, no capability for anybody else; no-new-privileges for every {(devIsSealed ? "process" : "role")}",
            $"{tasks.Count} threads of {processes} processes: {string.Join(", ", tasks.GroupBy(task => task.Process).Select(Describe))}",
            broken,
            [],
            own.Permitted != 0
                ? new Control(true, $"the same reader sees this process's own capabilities ({own.Permitted:x})")
                : new Control(false, "the reader sees no capabilities of this process, which runs as root"));
    }

    /// <summary>Verify's own probes stand in the namespace, too; they are no part of the stack.</summary>
    internal static IReadOnlyList<ProcessTask> WithoutDescendantsOf(int ancestor, IReadOnlyList<ProcessTask> tasks)
    {
        var parents = tasks.DistinctBy(task => task.Process).ToDictionary(task => task.Process, task => task.Parent);
        bool Descends(int process) =>
            process == ancestor || (parents.TryGetValue(process, out var parent) && Descends(parent));
        return [.. tasks.Where(task => !Descends(task.Process))];
    }

    internal static Role? RoleOf(ProcessTask task)
    {
        // hold is root without a capability: only its name tells it. The tunnel role may be root, too, in a group of its own.
        // The others are known by their uids.
        bool Runs(Role role) => task.Arguments.Take(3).Contains(role.Name);
        return task.Uid == Role.Hold.Uid
            ? new[] { Role.Hold, Role.Tunnel }.FirstOrDefault(Runs) ?? (task.Gid == Role.Tunnel.Uid ? Role.Tunnel : null)
            : new[] { Role.Tunnel, Role.Resolver, Role.Proxy, Role.Status }.FirstOrDefault(role => role.Uid == task.Uid);
    }

    private static IEnumerable<string> Problems(ProcessTask task, bool devIsSealed, bool clientHasRight)
    {
        var role = RoleOf(task);
        // The VPN client has the tunnel role's uid, but not its right; AdGuard's makes tun0 itself.
        var permitted = role == Role.Tunnel && (clientHasRight || task.Arguments.Take(3).Contains(Role.Tunnel.Name)) ? NetAdmin : 0;
        if ((task.AnyCapability & ~permitted) != 0)
        {
            yield return $"{Who(task)} holds capabilities: CapInh={task.Inheritable:x} CapPrm={task.Permitted:x} CapEff={task.Effective:x} CapAmb={task.Ambient:x}";
        }

        if ((role is not null || devIsSealed) && !task.NoNewPrivileges)
        {
            yield return $"{Who(task)} may gain privileges: NoNewPrivs is 0";
        }
    }

    private static string Describe(IGrouping<int, ProcessTask> process)
    {
        var (task, capabilities) = (process.First(), process.Aggregate(0UL, (all, next) => all | next.AnyCapability));
        return $"{RoleOf(task)?.Name ?? "no role"} {task.Name} {task.Process} caps {capabilities:x} nnp {(process.All(next => next.NoNewPrivileges) ? 1 : 0)}";
    }

    private static string Who(ProcessTask task) => $"process {task.Process} ({task.Name}, uid {task.Uid}, {RoleOf(task)?.Name ?? "no role"})";
}
