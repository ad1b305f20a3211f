using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Culvert.Commands;

/// <summary>
/// A command's description is a sentence, then examples. A command's own help shows all of it; a list of commands shows the sentence.
/// </summary>
internal sealed class BriefHelp(HelpAction full) : SynchronousCommandLineAction
{
    /// <summary>Installs this help, and drops the aliases that look like paths here (<c>/?</c>, <c>/h</c>).</summary>
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new BriefHelp((HelpAction)help.Action!);
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var child in parseResult.CommandResult.Command.Subcommands)
        {
            child.Description = child.Description?.Split('\n')[0];
        }

        return full.Invoke(parseResult);
    }
}
