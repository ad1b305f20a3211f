using System.CommandLine;

namespace Culvert.Tests.Commands;

/// <summary>What the program takes and what it refuses; that a refusal ends in exit code 2 is for the system tests to say.</summary>
public sealed class OptionParsingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("up now")]
    [InlineData("up --bogus")]
    [InlineData("up --timeout soon")]
    [InlineData("up --timeout -1")]
    [InlineData("up --timeout 1e9")]
    [InlineData("up --timeout")]
    [InlineData("down --name")]
    [InlineData("down --name a b")]
    [InlineData("status --name a --name b")]
    [InlineData("run")]
    [InlineData("run --")]
    [InlineData("verify --check bogus")]
    [InlineData("init --driver ipsec")]
    [InlineData("env cobol")]
    [InlineData("completion tcsh")]
    [InlineData("completion")]
    [InlineData("render")]
    [InlineData("hold")]
    [InlineData("tunnel --config culvert.yaml")]
    [InlineData("proxy --config culvert.yaml --run /run/x --listen-socks 1080")]
    [InlineData("proxy --config culvert.yaml --run /run/x --listen-socks localhost:1080")]
    [InlineData("proxy --config culvert.yaml --run /run/x --listen-http 127.0.0.1:0")]
    [InlineData("enter -- true")]
    [InlineData("enter --uid 0 --gid 0")]
    [InlineData("supervise")]
    public void A_line_that_means_nothing_is_refused(string line) => Assert.NotEmpty(CommandsUnderTest.Root().Parse(line).Errors);

    [Theory]
    [InlineData("up", "up")]
    [InlineData("up -c a.yaml --json --foreground --timeout 0", "up")]
    [InlineData("up --timeout=5 --dry-run", "up")]
    [InlineData("up --now", "up")]
    [InlineData("down -n work", "down")]
    [InlineData("status --config=work.yaml --json", "status")]
    [InlineData("verify --check dns --check ipv6", "verify")]
    [InlineData("env", "env")]
    [InlineData("render guard -c a.yaml", "guard")]
    [InlineData("proxy --config a.yaml --run /run/x --listen-socks [::]:1080", "proxy")]
    public void A_line_that_means_something_is_taken(string line, string command)
    {
        var parsed = CommandsUnderTest.Root().Parse(line);
        Assert.Equal([], parsed.Errors.Select(error => error.Message));
        Assert.Equal(command, parsed.CommandResult.Command.Name);
    }

    [Fact]
    public void What_follows_two_dashes_is_the_commands_own_to_the_letter()
    {
        string[] line = ["curl", "--json", "-n", "a", "@file", "[suggest]", "--help", "--", "-c", "x y", "", "--name=b"];
        var parsed = CommandsUnderTest.Root().Parse(["run", "--app", "-n", "work", "--", .. line]);
        Assert.Equal([], parsed.Errors.Select(error => error.Message));
        Assert.Equal(line, parsed.GetValue<string[]>("command"));
        Assert.Equal("work", parsed.GetValue<string?>("--name"));
        Assert.True(parsed.GetValue<bool>("--app"));
    }

    [Fact]
    public void Enter_passes_the_command_on_to_the_letter_too()
    {
        string[] line = ["sh", "-c", "exit 3", "--uid", "0", "@x", "--", "--tun"];
        var parsed = CommandsUnderTest.Root().Parse(["enter", "--uid", "1000", "--gid", "100", "--bounding", "net_admin", "--bounding", "setpcap", "--", .. line]);
        Assert.Equal([], parsed.Errors.Select(error => error.Message));
        Assert.Equal(line, parsed.GetValue<string[]>("command"));
        Assert.Equal(1000, parsed.GetValue<int>("--uid"));
        Assert.Equal(["net_admin", "setpcap"], parsed.GetValue<string[]>("--bounding")!);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("status")]
    public void Without_a_configuration_named_it_is_culvert_yaml_here(string line) =>
        Assert.Equal("culvert.yaml", CommandsUnderTest.Root().Parse(line).GetValue<string>("--config"));

    [Fact]
    public void A_command_is_suggested_by_its_first_letters_and_a_hidden_one_is_not()
    {
        var root = CommandsUnderTest.Root();
        Assert.Contains("status", root.Parse("st").GetCompletions().Select(item => item.Label));
        Assert.DoesNotContain("supervise", root.Parse("").GetCompletions().Select(item => item.Label));
    }
}
