using System.Text.Json;
using Culvert.Commands;
using Culvert.Commands.Init;
using Culvert.Stack;
using Culvert.Tests.Stack;

namespace Culvert.Tests.Commands;

public sealed class InitializationTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    public void Dispose()
    {
        folder.Dispose();
        output.Dispose();
        errors.Dispose();
    }

    [Fact]
    public void Writes_a_stack_that_loads_with_its_schema_and_a_closed_folder_for_secrets()
    {
        Assert.Equal(ExitCode.Holds, Run());

        Assert.NotNull(StackLoader.Load(folder.PathOf("culvert.yaml")).Stack);
        Assert.StartsWith("# yaml-language-server: $schema=.culvert/schema.json\n", File.ReadAllText(folder.PathOf("culvert.yaml")), StringComparison.Ordinal);
        Assert.StartsWith("{", File.ReadAllText(folder.PathOf(".culvert/schema.json")), StringComparison.Ordinal);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder.PathOf("secrets")));
        Assert.Equal("*\n", File.ReadAllText(folder.PathOf("secrets/.gitignore")));
        Assert.Contains($"wrote {folder.PathOf("culvert.yaml")}", output.ToString());
        Assert.Contains("Next: culvert up", output.ToString());
    }

    [Fact]
    public void Leaves_an_earlier_stack_alone_when_nobody_can_be_asked()
    {
        folder.Write("culvert.yaml", "name: mine\n");

        Assert.Equal(ExitCode.WrongUse, Run());

        Assert.Equal("name: mine\n", File.ReadAllText(folder.PathOf("culvert.yaml")));
        Assert.Contains("--force", errors.ToString());
        Assert.Equal([folder.PathOf("culvert.yaml")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Replaces_it_with_force_and_keeps_the_secrets()
    {
        folder.Write("culvert.yaml", "name: mine\n");
        folder.Write("secrets/alice", "pw");

        Assert.Equal(ExitCode.Holds, Run(force: true));

        Assert.DoesNotContain("name: mine", File.ReadAllText(folder.PathOf("culvert.yaml")));
        Assert.Equal("pw", File.ReadAllText(folder.PathOf("secrets/alice")));
    }

    [Theory]
    [InlineData("n\n", ExitCode.WrongUse)]
    [InlineData("", ExitCode.WrongUse)]
    [InlineData("y\nadguard\n", ExitCode.Holds)]
    public void Asks_a_person_before_it_replaces(string answers, int exitCode)
    {
        folder.Write("culvert.yaml", "name: mine\n");
        Assert.Equal(exitCode, Run(answers: answers, interactive: true));
        Assert.Contains("Replace it? [y/N]", output.ToString());
    }

    [Fact]
    public void Asks_a_person_for_the_driver_until_it_is_one()
    {
        folder.Write("a.conf", "[Interface]\n");
        Assert.Equal(ExitCode.Holds, Run(answers: $"ipsec\nwireguard\n{folder.PathOf("a.conf")}\n", interactive: true));

        var stack = StackLoader.Load(folder.PathOf("culvert.yaml")).Stack!;
        Assert.Equal(VpnDriver.WireGuard, stack.Vpn.Driver);
        Assert.Equal(folder.PathOf("a.conf"), Assert.Single(stack.Vpn.Locations).Profile!.Path);
    }

    [Fact]
    public void Takes_driver_and_locations_and_says_what_is_still_to_do()
    {
        folder.Write("it's a \"profile\" # 1.ovpn", "remote 203.0.113.1\n", OwnerOnly | UnixFileMode.OtherRead);

        Assert.Equal(ExitCode.Holds, Run(driver: "openvpn", locations: [folder.PathOf("it's a \"profile\" # 1.ovpn")]));

        Assert.Contains("Still to do:", output.ToString());
        Assert.Contains("chmod 600", output.ToString());
        File.SetUnixFileMode(folder.PathOf("it's a \"profile\" # 1.ovpn"), OwnerOnly);
        Assert.Equal("it's a \"profile\" # 1", Assert.Single(StackLoader.Load(folder.PathOf("culvert.yaml")).Stack!.Vpn.Locations).Name);
    }

    [Theory]
    [InlineData("Frankfurt")]
    [InlineData("New York")]
    [InlineData("true")]
    [InlineData("Zürich: 1, [2] {3} # \"4\" '5' \\6")]
    [InlineData("*a")]
    public void A_city_reads_back_as_it_was_given(string city)
    {
        Assert.Equal(ExitCode.Holds, Run(driver: "adguard", locations: [city]));
        Assert.Equal(city, Assert.Single(StackLoader.Load(folder.PathOf("culvert.yaml")).Stack!.Vpn.Locations).Name);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_in_a_sentence()
    {
        var file = folder.Write("file", "");
        Assert.Equal(ExitCode.WrongUse, Run(directory: file));
        Assert.Contains("--directory", errors.ToString());
    }

    [Fact]
    public void Json_names_what_was_written_and_the_next_command()
    {
        Assert.Equal(ExitCode.Holds, Run(json: true));
        using var report = JsonDocument.Parse(output.ToString());
        Assert.Equal(folder.PathOf("culvert.yaml"), report.RootElement.GetProperty("written")[0].GetString());
        Assert.StartsWith("culvert up", report.RootElement.GetProperty("next").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, report.RootElement.GetProperty("to_do").GetArrayLength());
    }

    [Fact]
    public void For_docker_it_writes_a_compose_file_and_its_environment_and_never_over_a_persons_own()
    {
        folder.Write("compose.yaml", "mine");
        Assert.Equal(ExitCode.WrongUse, Run(runtime: StackRuntime.Compose));
        Assert.Equal("mine", File.ReadAllText(folder.PathOf("compose.yaml")));
        Assert.False(File.Exists(folder.PathOf("culvert.yaml")));

        Assert.Equal(ExitCode.Holds, Run(runtime: StackRuntime.Compose, force: true));
        Assert.Equal(StackRuntime.Compose, StackLoader.Load(folder.PathOf("culvert.yaml")).Stack?.Runtime);
        Assert.Contains("container_name: vpn\n", File.ReadAllText(folder.PathOf("compose.yaml")), StringComparison.Ordinal);
        Assert.Contains("COMPOSE_PROFILES=dev\n", File.ReadAllText(folder.PathOf(".env")), StringComparison.Ordinal);
        Assert.True(Directory.Exists(folder.PathOf("workspace")));
    }

    private int Run(
        string? driver = null,
        string[]? locations = null,
        string? directory = null,
        bool force = false,
        bool json = false,
        string answers = "",
        bool interactive = false,
        StackRuntime runtime = StackRuntime.Namespaces) =>
        new Initialization(new StringReader(answers), output, errors, interactive).Run(driver, locations ?? [], directory ?? folder.Path, force, json, runtime);
}
