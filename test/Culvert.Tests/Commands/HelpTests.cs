using System.CommandLine;

namespace Culvert.Tests.Commands;

public sealed class HelpTests
{
    // A terminal of 80 columns, less the column of names.
    private const int LongestSentence = 80;

    public static TheoryData<string> Commands => [.. CommandsUnderTest.Visible().Select(command => command.Words)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Begins_with_a_sentence_that_fits_the_list_of_commands(string words)
    {
        var sentence = Find(words).Description!.Split('\n')[0];
        Assert.InRange(sentence.Length, 10, LongestSentence);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.True(char.IsUpper(sentence[0]), sentence);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Shows_examples_that_the_program_itself_understands(string words)
    {
        var examples = Examples(words).ToList();
        Assert.Equal(Find(words).Subcommands.Count == 0, examples.Count > 0);
        foreach (var example in examples)
        {
            var parsed = CommandsUnderTest.Root().Parse(ArgumentsOf(example));
            Assert.Equal(Find(words).Name, parsed.CommandResult.Command.Name);
            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Tells_what_every_argument_and_option_is_for(string words)
    {
        var command = Find(words);
        Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{words} {option.Name}"));
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{words} {argument.Name}"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Is_whole_when_the_command_is_asked_and_one_sentence_in_the_list_above_it(string words)
    {
        var lines = Find(words).Description!.Split('\n');
        var own = Help($"{words} --help");
        Assert.All(lines, line => Assert.Contains(line, own, StringComparison.Ordinal));
        var list = Help($"{words[..Math.Max(words.LastIndexOf(' '), 0)]} --help");
        Assert.Contains(lines[0], list, StringComparison.Ordinal);
        Assert.All(lines.Skip(1).Where(line => line.Length > 0), line => Assert.DoesNotContain(line, list, StringComparison.Ordinal));
    }

    [Fact]
    public void Is_not_asked_for_by_what_looks_like_a_path()
    {
        Assert.NotEmpty(CommandsUnderTest.Root().Parse("/h").Errors);
        Assert.NotEmpty(CommandsUnderTest.Root().Parse("/?").Errors);
    }

    private static Command Find(string words) => CommandsUnderTest.Visible().Single(command => command.Words == words).Command;

    private static IEnumerable<string> Examples(string words) =>
        Find(words).Description!.Split('\n')
            .SkipWhile(line => !line.StartsWith("Example", StringComparison.Ordinal))
            .Where(line => line.Contains($"culvert {words}", StringComparison.Ordinal));

    /// <summary>What the shell would hand to culvert: up to a pipe, a redirection, or the end of a command substitution.</summary>
    private static string ArgumentsOf(string example) => example[(example.IndexOf("culvert ", StringComparison.Ordinal) + "culvert ".Length)..]
        .Split(" > ")[0].Split(" | ")[0].Split(")\"")[0];

    private static string Help(string line)
    {
        using var output = new StringWriter();
        Assert.Equal(0, CommandsUnderTest.Root().Parse(line).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString();
    }
}
