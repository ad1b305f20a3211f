using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Tests.Runtimes.Namespaces;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Runtimes.Compose;

public sealed class ComposeFolderTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private static readonly StackDefinition Stack = StackLoader.Parse("culvert.yaml", "runtime: compose\nproviders: [openai, gemini]\n").Stack!;
    private static readonly RoleSecret Remotes = new(Role.Hold, "vpn.locations.0", new Secret("remote 203.0.113.11"));
    private static readonly RoleSecret Profile = new(Role.Tunnel, "vpn.locations.0", new Secret("the key"));
    private static readonly AppliedInputs Inputs = AppliedInputs.Of(PlanInputs.Of("runtime: compose\n", Remotes, Profile));
    private readonly TemporaryFolder folder = new();

    private ComposeFolder Compose => new(folder.Path);

    [Fact]
    public void Each_role_is_handed_its_own_secrets_and_the_folder_is_closed_to_others()
    {
        Write(Remotes, Profile);
        Assert.Equal("remote 203.0.113.11", Read("roles/hold/vpn.locations.0"));
        Assert.Equal("the key", Read("roles/tunnel/vpn.locations.0"));
        Assert.Empty(Directory.GetFiles($"{folder.Path}/.culvert/roles/proxy"));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode($"{folder.Path}/.culvert/roles") & Others);
        // The role is another uid than whoever wrote it.
        Assert.True(File.GetUnixFileMode($"{folder.Path}/.culvert/roles/tunnel/vpn.locations.0").HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public void What_is_no_longer_handed_out_is_taken_away()
    {
        Write(Remotes, Profile);
        Write(Remotes, Profile with { Value = new Secret("another key") });
        Assert.Equal("another key", Read("roles/tunnel/vpn.locations.0"));
        Write(Remotes);
        Assert.True(File.Exists($"{folder.Path}/.culvert/roles/hold/vpn.locations.0"));
        Assert.False(File.Exists($"{folder.Path}/.culvert/roles/tunnel/vpn.locations.0"));
    }

    [Fact]
    public void No_copy_of_a_secret_is_left_when_the_stack_is_down()
    {
        Write(Remotes, Profile);
        Compose.Keep(Inputs);
        Compose.ForgetSecrets();
        Assert.Empty(Directory.GetFiles($"{folder.Path}/.culvert/roles/tunnel"));
        Assert.Empty(Directory.GetFiles($"{folder.Path}/.culvert/roles/hold"));
        Assert.Empty(Compose.Applied().Digests);
        Compose.ForgetSecrets();
    }

    [Fact]
    public void What_the_parts_were_started_with_is_kept_for_the_folders_owner()
    {
        Assert.Empty(Compose.Applied().Digests);
        Write(Remotes, Profile);
        Compose.Keep(Inputs);
        Assert.Empty(Inputs.ChangesSince(Compose.Applied()));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode($"{folder.Path}/.culvert/roles/applied.json") & Others);
    }

    [Fact]
    public void Kilo_begins_with_the_providers_of_the_stack_by_its_own_names_and_asks_nobody_else()
    {
        Write();
        var kilo = Read("dev/kilo.json");
        Assert.Contains("\"openai\"", kilo, StringComparison.Ordinal);
        Assert.Contains("\"google\"", kilo, StringComparison.Ordinal);
        Assert.DoesNotContain("gemini", kilo, StringComparison.Ordinal);
        Assert.Contains("\"autoupdate\": false", kilo, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_state_from_before_is_kept_for_its_owner_until_it_is_forgotten()
    {
        Compose.ForgetHost();
        Compose.Keep(new HostSnapshot(DateTimeOffset.UnixEpoch, new Dictionary<string, IReadOnlyList<string>> { ["links"] = ["eth0"] }));
        Assert.Equal(["eth0"], HostSnapshot.Read(Compose.HostBefore)?.Parts["links"]);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Compose.HostBefore) & Others);
        Compose.ForgetHost();
        Assert.Null(HostSnapshot.Read(Compose.HostBefore));
    }

    public void Dispose() => folder.Dispose();

    private void Write(params RoleSecret[] secrets) => Compose.Write(Stack, "runtime: compose\n", secrets);

    private string Read(string file) => File.ReadAllText($"{folder.Path}/.culvert/{file}");
}
