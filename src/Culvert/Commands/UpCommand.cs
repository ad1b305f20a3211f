using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class UpCommand
{
    private const int LongestTimeout = 86400;

    public static Command Create()
    {
        var config = StackOption.Create();
        var json = JsonOption.Create();
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be done to the machine, and how each step is taken back." };
        var foreground = new Option<bool>("--foreground") { Description = "Stay, and supervise the roles from here (for systemd). Ending it takes the stack down." };
        var now = new Option<bool>("--now") { Description = "Change the tunnel at once: streams that live break." };
        var timeout = new Option<int>("--timeout")
        {
            Description = "How many seconds to wait until the stack carries traffic.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 60,
            CustomParser = ParseSeconds,
        };
        var command = new Command(
            "up",
            """
            Bring the stack up and wait until it carries traffic.

            Nothing of the host's own network is touched. Doing it twice is the same as doing it once; after a change of
            culvert.yaml it starts those roles anew that the change concerns; where that is the tunnel, it first waits
            until nothing has come through it for 5 seconds, and for 30 at most.

            Examples:
              sudo culvert up
              sudo culvert up --dry-run
              sudo culvert up --config work.yaml --timeout 120
            """)
        {
            config, dryRun, foreground, now, timeout, json,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetValue(config)!;
            if (StackOption.Load(path) is not { } stack)
            {
                return ExitCode.WrongUse;
            }

            if (StackInputReader.Read(stack, path, out var problems) is not { } input)
            {
                return Refuse(stack.Name, problems);
            }

            var options = new UpOptions(parse.GetValue(foreground), TimeSpan.FromSeconds(parse.GetValue(timeout)), parse.GetValue(now), parse.GetValue(json));
            if (stack.Runtime == StackRuntime.Compose)
            {
                return parse.GetValue(dryRun) || options.Foreground
                    ? Refuse(stack.Name, ["--dry-run and --foreground belong to `runtime: namespaces`; with compose, compose.yaml is the plan, and Docker supervises"])
                    : await new ComposeSession(stack, path, options.Json).UpAsync(input, options, cancellationToken);
            }

            if (parse.GetValue(dryRun))
            {
                PrintPlan(input, options.Json);
                return ExitCode.Holds;
            }

            return Requirements.Missing(stack.Vpn.Driver, stack.Proxy.Engine) is { Count: > 0 } missing
                ? Refuse(stack.Name, missing)
                : await new UpSession(input, options, TimeProvider.System).RunAsync(cancellationToken);
        });
        return command;
    }

    private static int ParseSeconds(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (int.TryParse(text, out var seconds) && seconds is >= 0 and <= LongestTimeout)
        {
            return seconds;
        }

        result.AddError($"'{text}' is no number of seconds from 0 to {LongestTimeout}");
        return 0;
    }

    private static int Refuse(string stack, IReadOnlyList<string> sentences)
    {
        Console.Error.WriteLine($"Bringing {stack} up, nothing was touched:");
        foreach (var sentence in sentences)
        {
            Console.Error.WriteLine($"  {sentence}");
        }

        return ExitCode.WrongUse;
    }

    private static void PrintPlan(PlanInput input, bool json)
    {
        var steps = NamespacesPlan.Of(input).Select(step => new PrintedStep($"{step.Do}", $"{step.Undo}")).ToList();
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(steps, PrintedPlanJson.Default.ListPrintedStep));
            return;
        }

        foreach (var step in steps)
        {
            Console.WriteLine($"{step.Do}\n    undone by: {step.Undo}");
        }
    }
}

/// <summary>A step of <c>--dry-run --json</c>.</summary>
internal sealed record PrintedStep(string Do, string Undo);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(List<PrintedStep>))]
internal sealed partial class PrintedPlanJson : JsonSerializerContext;
