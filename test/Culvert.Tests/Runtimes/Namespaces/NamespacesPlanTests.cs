using System.Text.RegularExpressions;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed partial class NamespacesPlanTests
{
    private const string Vpn = "work-vpn";
    private const string App = "work-app";

    private static readonly IReadOnlyList<PlanStep> Steps = NamespacesPlan.Of(PlanInputs.Default);

    [Fact]
    public void Nothing_in_it_names_the_hosts_own_network() => Assert.All(Steps, step => Assert.True(StaysInside(step.Do), $"{step.Do}"));

    [Theory]
    [InlineData("route", "add", "default", "via", "192.0.2.1")]
    [InlineData("-n", "somebody-elses", "link", "set", "lo", "up")]
    [InlineData("link", "add", "veth0", "netns", "work-vpn", "type", "veth", "peer", "name", "veth1")]
    public void The_test_above_notices_a_step_that_does(params string[] arguments) => Assert.False(StaysInside(new RunIp(arguments)));

    [Fact]
    public void Every_step_has_an_undo_or_goes_with_something_that_an_earlier_step_undoes()
    {
        var undone = new HashSet<string>();
        foreach (var step in Steps)
        {
            Assert.True(step.Undo is not GoesWith with || undone.Contains(with.What), $"{step.Do} goes with what no step before it takes back");
            undone.Add(step.Undo switch
            {
                RemoveTree tree => tree.Path,
                DeleteNamespace space => space.Name,
                RemoveEmptyDirectory directory => directory.Path,
                UnmountEmptyDirectory directory => directory.Path,
                StopProcesses stop => stop.Stack,
                _ => "",
            });
        }
    }

    [Fact]
    public void What_goes_with_a_directory_lies_in_it()
    {
        foreach (var step in Steps)
        {
            if (step is { Do: var deed, Undo: GoesWith with } && PathOf(deed) is { } path)
            {
                Assert.StartsWith(with.What + "/", path, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_dry_run_prints_it()
    {
        var printed = string.Concat(Steps.Select(step => $"{step.Do}\n    undone by: {step.Undo}\n"));
        Assert.Equal(File.ReadAllText("Runtimes/Namespaces/dry-run.txt"), printed);
    }

    [Fact]
    public void A_dry_run_reveals_no_secret()
    {
        var printed = string.Concat(Steps.Select(step => $"{step} {step.Do} {step.Undo}"));
        Assert.DoesNotContain("correct horse", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.11", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_the_machine_has_already_is_neither_made_nor_removed()
    {
        var input = PlanInputs.Default;
        var steps = NamespacesPlan.Of(input with { Host = input.Host with { HasNetnsFilesRoot = true, HasNamespaceDirectory = true } });
        Assert.Equal(
            Steps.Where(step => PathOf(step.Do) is not ("/etc/netns" or "/run/netns")).Select(step => $"{step.Do}"),
            steps.Select(step => $"{step.Do}"));
    }

    [Fact]
    public void A_secret_is_written_for_its_role_alone()
    {
        var secrets = Steps.Select(step => step.Do).OfType<WriteSecret>().ToList();
        Assert.Equal(
            [
                ("/run/culvert/work/tunnel/secrets/vpn.locations.0", Role.Tunnel.Uid),
                ("/run/culvert/work/hold/secrets/vpn.locations.0", Role.Hold.Uid),
                ("/run/culvert/work/proxy/secrets/proxy.users.alice", Role.Proxy.Uid),
            ],
            secrets.Select(secret => (secret.Path, secret.Owner)));
        var directories = Steps.Select(step => step.Do).OfType<MakeDirectory>().Where(make => make.Path.EndsWith("/secrets", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, directories.Count);
        Assert.All(directories, directory => Assert.Equal(UnixFileMode.None, directory.Mode & (UnixFileMode.GroupWrite | Others)));
    }

    [Fact]
    public void Forwarding_is_switched_off_before_any_other_sysctl_because_it_resets_them() =>
        Assert.Equal(new SetSysctl(Vpn, "net.ipv4.ip_forward", "0"), Steps.Select(step => step.Do).OfType<SetSysctl>().First());

    [Fact]
    public void Both_namespaces_stand_before_anything_is_done_in_them()
    {
        var made = Steps.Index().Where(step => step.Item.Do is AddNamespace).Select(step => step.Index).ToList();
        var used = Steps.Index().First(step => step.Item.Do is RunIp or SetSysctl).Index;
        Assert.Equal(2, made.Count);
        Assert.True(made.Max() < used);
    }

    [Fact]
    public void The_namespace_is_closed_before_it_has_an_interface()
    {
        var closed = Steps.Index().Single(step => step.Item.Do == new CloseNamespace(Vpn)).Index;
        Assert.True(closed < Steps.Index().First(step => step.Item.Do is RunIp).Index);
    }

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static bool StaysInside(Deed deed) => deed switch
    {
        AddNamespace add => add.Name is Vpn or App,
        CloseNamespace close => close.Name is Vpn or App,
        SetSysctl set => set.Namespace is Vpn or App,
        RunIp { Arguments: ["-n", Vpn or App, ..] } => true,
        // A veth whose two ends are born inside.
        RunIp { Arguments: ["link", "add", _, "netns", Vpn, "type", "veth", "peer", "name", _, "netns", App] } => true,
        RunIp => false,
        StartSupervisor => true,
        _ => PathOf(deed) is { } path && OwnPath().IsMatch(path),
    };

    private static string? PathOf(Deed deed) => deed switch
    {
        MakeDirectory make => make.Path,
        WriteFile write => write.Path,
        WriteSecret secret => secret.Path,
        RecordHost record => record.Path,
        _ => null,
    };

    [GeneratedRegex(@"^(/run/culvert/work(/.*)?|/etc/netns(/work-(vpn|app)(/.*)?)?|/run/netns)$")]
    private static partial Regex OwnPath();
}
