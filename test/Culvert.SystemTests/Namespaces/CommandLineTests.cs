using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Namespaces;

/// <summary>The program as a person meets it in a shell: help, wrong use, completion. Needs no lab, only a sandbox.</summary>
public sealed class CommandLineTests(CommandLineTests.Shell shell) : IClassFixture<CommandLineTests.Shell>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Commands =>
        ["init", "up", "down", "status", "verify", "run", "env", "render", "render guard", "render unbound", "render schema", "completion", "hold", "tunnel", "resolver", "proxy"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_commands_help_shows_how_to_use_it(string command)
    {
        var help = await shell.CulvertAsync([.. command.Split(' '), "--help"]);
        Assert.True(help.Succeeded, help.Describe());
        Assert.Contains($"culvert {command}", help.Output, StringComparison.Ordinal);
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_help_lists_every_command_with_a_line_and_leads_through_a_first_run()
    {
        var help = await shell.CulvertAsync("--help");
        Assert.True(help.Succeeded, help.Describe());
        var list = help.Output.Split("Commands:\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).ToList();
        Assert.Superset(Commands.Select(row => row.Data.Split(' ')[0]).ToHashSet(), list.Select(line => line.Split(' ')[0]).ToHashSet());
        Assert.All(list, line => Assert.EndsWith(".", line.Replace(" [default: shell]", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Contains("sudo culvert up\n", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("supervise", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("bogus")]
    [InlineData("up", "--bogus")]
    [InlineData("up", "--timeout", "soon")]
    [InlineData("run")]
    [InlineData("run", "--name", "../../etc", "--", "true")]
    [InlineData("down", "--name", "/")]
    [InlineData("env", "cobol")]
    [InlineData("completion", "tcsh")]
    [InlineData("render")]
    [InlineData("hold")]
    [InlineData("proxy", "--config", "culvert.yaml")]
    public async Task Wrong_use_ends_with_exit_code_2_and_a_sentence(params string[] line)
    {
        var result = await shell.CulvertAsync(line);
        Assert.Equal(2, result.ExitCode);
        Assert.NotEqual("", result.Error.Trim());
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line() => Assert.Matches(@"^\d+\.\d+\.\d+\n$", (await shell.CulvertAsync("--version")).Output);

    [Fact]
    public async Task Completion_loads_in_bash() =>
        Assert.Equal("complete -o default -F _culvert culvert\n", await shell.BashAsync("source <(culvert completion bash); complete -p culvert"));

    [Theory]
    [InlineData("culvert st", "status")]
    [InlineData("culvert render ", "guard unbound schema")]
    [InlineData("culvert up --fore", "--foreground")]
    [InlineData("culvert env pyt", "python")]
    [InlineData("culvert completion ", "bash fish zsh")]
    [InlineData("culvert verify --check ", "dns")]
    public async Task Bash_completes(string typed, string expected)
    {
        var words = typed.Split(' ');
        var reply = await shell.BashAsync($"""
            source <(culvert completion bash)
            COMP_LINE='{typed}' COMP_POINT={typed.Length} COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))}) COMP_CWORD={words.Length - 1}
            _culvert
            printf '%s\n' "${"{"}COMPREPLY[@]{"}"}"
            """);
        Assert.Superset(expected.Split(' ').ToHashSet(), reply.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet());
    }

    [Theory]
    [InlineData("zsh", "compdef _culvert culvert")]
    [InlineData("fish", "complete -f -c culvert")]
    public async Task Completion_is_printed_for_other_shells(string name, string line)
    {
        var script = await shell.CulvertAsync("completion", name);
        Assert.True(script.Succeeded, script.Describe());
        Assert.Contains(line, script.Output, StringComparison.Ordinal);
    }

    /// <summary>A sandbox with culvert on PATH.</summary>
    public sealed class Shell : IAsyncLifetime
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
        private LabSandbox? sandbox;

        public async ValueTask InitializeAsync() => sandbox = await LabSandbox.StartAsync(CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync();
            }
        }

        public Task<LabCommandResult> CulvertAsync(params string[] line) =>
            sandbox!.Root.RunAsync(RepositoryFiles.Culvert, line, new LabCommandOptions { WorkingDirectory = "/run" }, Patience, Token);

        public async Task<string> BashAsync(string script)
        {
            var folder = Path.GetDirectoryName(RepositoryFiles.Culvert);
            var options = new LabCommandOptions { Environment = new Dictionary<string, string> { ["PATH"] = $"{folder}:/usr/bin:/bin" } };
            var result = await sandbox!.Root.RunAsync("bash", ["-c", script], options, Patience, Token);
            Assert.True(result.Succeeded, result.Describe());
            return result.Output;
        }
    }
}
