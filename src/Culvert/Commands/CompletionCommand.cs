using System.CommandLine;

namespace Culvert.Commands;

/// <summary>Prints a script that asks System.CommandLine's <c>[suggest]</c> directive of this same program.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _culvert() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(culvert "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _culvert culvert
        """;

    private const string Zsh = """
        #compdef culvert
        _culvert() {
            local -a suggestions
            suggestions=("${(@f)$(culvert "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
            compadd -a suggestions
        }
        compdef _culvert culvert
        """;

    private const string Fish = """
        complete -f -c culvert -a '(culvert "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", """
            Print a completion script for your shell.

            Examples:
              culvert completion bash > /etc/bash_completion.d/culvert
              culvert completion fish > ~/.config/fish/completions/culvert.fish
            """)
        { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
