using System.CommandLine;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Commands;

/// <summary>
/// Which stack a command means when it needs no more than the name: <c>--name</c>, else culvert.yaml's, else the only one that
/// is up, so that <c>culvert run</c> works from any folder.
/// </summary>
internal sealed class StackNameOption
{
    private readonly Option<string> config = StackOption.Create();

    private readonly Option<string?> name = new("--name", "-n")
    {
        Description = "The stack, by name instead of by its configuration.",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(name);
        command.Options.Add(config);
    }

    /// <summary>The stack of the configuration where Compose runs it; null when it is another's, or cannot be read, which <see cref="Resolve"/> tells.</summary>
    public ComposeSession? ResolveCompose(ParseResult parse, bool json = false)
    {
        var path = parse.GetValue(config)!;
        return parse.GetValue(name) is null && File.Exists(path) && StackLoader.LoadForRole(path, secretsDirectory: "/").Stack is { Runtime: StackRuntime.Compose } stack
            ? new ComposeSession(stack, path, json)
            : null;
    }

    /// <summary>Null after a sentence, or the findings, were printed.</summary>
    public Places? Resolve(ParseResult parse)
    {
        if (parse.GetValue(name) is { } given)
        {
            return IsName(given) ? new Places(given) : Refuse(given);
        }

        var path = parse.GetValue(config)!;
        if (File.Exists(path) || parse.GetResult(config) is { Implicit: false })
        {
            // As a role loads it: the secrets are not looked at, because they may belong to somebody else.
            return StackOption.LoadForRole(path, secretsDirectory: "/") is { } stack ? new Places(stack.Name) : Refuse();
        }

        var up = Directory.Exists(Places.Root)
            ? Directory.EnumerateDirectories(Places.Root).Select(directory => Path.GetFileName(directory)).Where(IsName).Order().ToList()
            : [];
        if (up.Count > 1)
        {
            Console.Error.WriteLine($"There is no {path} here, and several stacks are up: {string.Join(", ", up)}. Say which with --name.");
            return null;
        }

        return new Places(up.Count == 1 ? up[0] : "culvert");
    }

    /// <summary>A name becomes part of paths that root removes.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 32 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static Places? Refuse()
    {
        Console.Error.WriteLine("The stack can be named without its configuration, too: --name NAME.");
        return null;
    }

    private static Places? Refuse(string given)
    {
        Console.Error.WriteLine($"'{given}' is no name of a stack: letters, digits, - and _, at most 32, beginning with a letter or digit.");
        return null;
    }
}
