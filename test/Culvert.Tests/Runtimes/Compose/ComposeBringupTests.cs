using Culvert.Runtimes.Compose;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Compose;

/// <summary>What is asked of the engine, by a <c>docker</c> that writes down its arguments.</summary>
public sealed class ComposeBringupTests : IDisposable
{
    private const string Owner = "compose up --detach --wait --wait-timeout 9 vpn";
    private const string OwnerAnew = "compose up --detach --force-recreate --wait --wait-timeout 9 vpn";
    private const string Guard = "compose --progress quiet run --detach --no-deps --no-TTY vpn-guard";
    private const string Rest = "compose up --detach --wait --wait-timeout 9";
    private static readonly ComposeChanges Driver = ComposeChanges.Of(["hold", "tunnel"]);
    private readonly TemporaryFolder folder = new();
    private readonly List<string> said = [];
    private int applied;

    public ComposeBringupTests()
    {
        folder.Write("docker", """
            #!/bin/sh
            cd "$(dirname "$0")"
            case "$*" in
                "compose config --services") printf 'vpn\nvpn-tunnel\n' ;;
                *" config --services") cat services ;;
                *" ps --all --quiet") [ ! -s parts ] || echo id ;;
                inspect*) cat parts ;;
                *) echo "$*" >>asked; [ ! -e after ] || mv after parts; 
                    case "$*" in
                        *vpn-guard) echo g1 ;;
                        wait*) if [ -s failure ]; then echo 1; else echo 0; fi ;;
                        logs*) cat failure >&2 ;;
                    esac ;;
            esac
            """);
        File.SetUnixFileMode(folder.PathOf("docker"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        folder.Write("services", "vpn\nvpn-tunnel\nvpn-guard\n");
        folder.Write("failure", "");
        folder.Write("parts", Parts());
    }

    [Fact]
    public async Task The_first_up_makes_everything_and_changes_nothing()
    {
        folder.Write("parts", "");
        folder.Write("after", Parts());
        await UpAsync(Driver);
        AssertAsked(Owner, Rest);
        Assert.Equal(1, applied);
    }

    [Fact]
    public async Task What_did_not_change_is_left_alone()
    {
        await UpAsync(ComposeChanges.None);
        AssertAsked(Owner, Rest);
    }

    [Fact]
    public async Task A_changed_guard_is_loaded_into_the_owner_that_stands_before_the_parts_are_made_anew()
    {
        await UpAsync(Driver);
        AssertAsked(Owner, Guard, "wait g1", "logs g1", "rm --force g1", Anew("vpn-tunnel"), Rest);
        Assert.Equal("the guard changed and was loaded into the namespace that stands; vpn and dev stay", Assert.Single(said));
        Assert.Equal(1, applied);
    }

    [Fact]
    public async Task Where_the_guard_is_not_loaded_no_part_is_touched_and_the_next_up_tries_again()
    {
        folder.Write("failure", "hold: nft said no.\n");
        var failed = await Assert.ThrowsAsync<BringupFailedException>(() => UpAsync(Driver));
        Assert.Contains("and it stays closed: ", failed.Message, StringComparison.Ordinal);
        Assert.Contains("`vpn-guard` ended with exit code 1: hold: nft said no.; mend that", failed.Message, StringComparison.Ordinal);
        AssertAsked(Owner, Guard, "wait g1", "logs g1", "rm --force g1");
        Assert.Equal(0, applied);
    }

    [Fact]
    public async Task A_part_that_alone_changed_needs_no_guard()
    {
        folder.Write("services", "vpn\nvpn-tunnel\n");
        await UpAsync(ComposeChanges.Of(["tunnel"]));
        AssertAsked(Owner, Anew("vpn-tunnel"), Rest);
    }

    [Theory]
    [InlineData("unhealthy", "running")]
    [InlineData("starting", "running")]
    [InlineData("unhealthy", "exited")]
    public async Task An_owner_that_is_not_sound_is_made_anew_and_whoever_joined_it(string health, string state)
    {
        folder.Write("parts", Parts(health, state));
        folder.Write("after", Parts(since: "13:00"));
        await UpAsync(Driver);
        AssertAsked(OwnerAnew, Anew("vpn-tunnel dev"), Rest);
    }

    [Fact]
    public async Task Other_networks_need_another_owner()
    {
        folder.Write("after", Parts(since: "13:00"));
        await UpAsync(ComposeChanges.Of(["networks", "hold", "tunnel"]));
        AssertAsked(OwnerAnew, Anew("vpn-tunnel dev"), Rest);
    }

    [Fact]
    public async Task An_owner_that_compose_made_anew_has_read_the_new_guard_itself()
    {
        folder.Write("after", Parts(since: "13:00"));
        await UpAsync(Driver);
        AssertAsked(Owner, Anew("vpn-tunnel dev"), Rest);
    }

    [Fact]
    public async Task A_compose_file_from_before_makes_the_owner_anew_and_it_is_said_how_to_keep_it()
    {
        folder.Write("services", "vpn\nvpn-tunnel\n");
        folder.Write("after", Parts(since: "13:00"));
        await UpAsync(Driver);
        AssertAsked(OwnerAnew, Anew("vpn-tunnel dev"), Rest);
        Assert.StartsWith("compose.yaml has no vpn-guard, so vpn is made anew, and dev with it", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dev_is_a_persons_place_and_only_told_of()
    {
        await UpAsync(ComposeChanges.Of(["dev"]));
        AssertAsked(Owner, Rest);
        Assert.Contains("`culvert restart dev`", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_that_was_made_and_never_ran_is_taken_away_first()
    {
        folder.Write("parts", Parts(more: """, {"Name":"/left","RestartCount":0,"State":{"Status":"created","ExitCode":0,"StartedAt":"0001-01-01T00:00:00Z"},"HostConfig":{"NetworkMode":"container:1"},"Config":{"Labels":{"com.docker.compose.service":"vpn-guard"}}}"""));
        var status = await UpAsync(ComposeChanges.None);
        AssertAsked("rm --force left", Owner, Rest);
        Assert.Equal("left is left of an interrupted `culvert up`; the next one takes it away", Assert.Single(status.Problems));
    }

    public void Dispose() => folder.Dispose();

    private static string Anew(string parts) => $"compose --profile * up --detach --force-recreate {parts}";

    /// <summary>An owner, and two parts that joined the one of noon.</summary>
    private static string Parts(string health = "healthy", string state = "running", string since = "12:00", string more = "")
    {
        string Part(string name, string status, string condition, string time, string network) =>
            """{"Name":"/NAME","RestartCount":0,"State":{"Status":"STATUS","ExitCode":1,"StartedAt":"2026-01-01TTIME:00Z","Health":{"Status":"HEALTH","Log":[]}},"HostConfig":{"NetworkMode":"NETWORK"},"Config":{"Labels":{"com.docker.compose.service":"NAME"}}}"""
                .Replace("NAME", name, StringComparison.Ordinal).Replace("STATUS", status, StringComparison.Ordinal).Replace("TIME", time, StringComparison.Ordinal)
                .Replace("HEALTH", condition, StringComparison.Ordinal).Replace("NETWORK", network, StringComparison.Ordinal);
        return $"[{Part("vpn", state, health, since, "culvert_uplink")}, {Part("vpn-tunnel", "running", "healthy", "12:01", "container:1")}, {Part("dev", "running", "healthy", "12:01", "container:1")}{more}]";
    }

    private async Task<ComposeStatus> UpAsync(ComposeChanges changes)
    {
        var stack = StackLoader.Parse("culvert.yaml", "runtime: compose\n").Stack!;
        var docker = new DockerCli(folder.Path, new Dictionary<string, string> { ["PATH"] = $"{folder.Path}:/usr/bin:/bin" });
        return await new ComposeStack(stack, new ComposeFolder(folder.Path), docker)
            .UpAsync(changes, () => applied++, TimeSpan.FromSeconds(9), said.Add, TestContext.Current.CancellationToken);
    }

    private void AssertAsked(params string[] expected) => Assert.Equal(expected, File.ReadAllLines(folder.PathOf("asked")));
}
