using System.CommandLine;
using System.Reflection;
using Culvert.Commands;

namespace Culvert.Tests.Commands;

/// <summary>Every command that the program has, found by the habit that its class is named for it and makes it by Create.</summary>
internal static class CommandsUnderTest
{
    /// <summary>Those at the top, as Program.cs puts them together.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("root");
        foreach (var create in Creators())
        {
            root.Add((Command)create.Invoke(null, null)!);
        }

        BriefHelp.Install(root);
        return root;
    }

    /// <summary>Every command that a person may call, with the words that call it: <c>render guard</c>.</summary>
    public static IEnumerable<(string Words, Command Command)> Visible() => Below("", Root());

    private static IEnumerable<MethodInfo> Creators()
    {
        var assembly = typeof(BriefHelp).Assembly;
        var makers = assembly.GetTypes()
            .Where(type => type.Namespace == "Culvert.Commands" && type.Name.EndsWith("Command", StringComparison.Ordinal))
            .Select(type => type.GetMethod("Create", BindingFlags.Public | BindingFlags.Static))
            .OfType<MethodInfo>()
            .ToList();
        Assert.NotEmpty(makers);
        // A part of another command: `probe capture`.
        return makers.Where(maker => !makers.Any(other => other != maker && IsPartOf(maker.DeclaringType!.Name, other.DeclaringType!.Name)));
    }

    private static bool IsPartOf(string name, string whole) => name.StartsWith(whole[..^"Command".Length], StringComparison.Ordinal);

    private static IEnumerable<(string Words, Command Command)> Below(string words, Command parent) =>
        parent.Subcommands.Where(child => !child.Hidden).SelectMany(child => Below($"{words} {child.Name}".TrimStart(), child).Prepend(($"{words} {child.Name}".TrimStart(), child)));
}
