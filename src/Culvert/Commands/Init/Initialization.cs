using System.Text.Json;
using Culvert.Stack;
using Culvert.Stack.Starting;

namespace Culvert.Commands.Init;

/// <summary>The conversation of <c>culvert init</c>: it asks only a person at a terminal, and only for what no flag said.</summary>
internal sealed class Initialization(TextReader answers, TextWriter output, TextWriter errors, bool interactive)
{
    private static readonly string[] Drivers = ["adguard", "openvpn", "wireguard"];

    public int Run(string? driver, IReadOnlyList<string> locations, string directory, bool force, bool json, StackRuntime runtime = StackRuntime.Namespaces)
    {
        if (locations.FirstOrDefault(l => l.Length == 0 || l.Any(char.IsControl)) is not null)
        {
            return Refuse("a --location is empty or holds a control character, and a file with it could not be read back; write a city or the path of a profile");
        }

        var existing = string.Join(", ", new NewStack(directory, driver, locations) { Runtime = runtime }.Existing);
        if (existing.Length > 0 && !force && !Ask($"{existing} exists. Replace it? [y/N] ", a => a is "y" or "yes"))
        {
            return Refuse($"{existing} exists and was left as it is; add --force to replace it, or choose another folder with --directory");
        }

        if (driver is null && interactive)
        {
            driver = AskDriver();
            locations = locations.Count > 0 ? locations : AskProfile(driver);
        }

        try
        {
            var stack = new NewStack(directory, driver, PathsFrom(directory, driver, locations)) { Runtime = runtime };
            var written = stack.Write();
            var load = StackLoader.Load(stack.ConfigurationPath);
            Report(new InitReport(written, [.. load.Findings.Select(f => f.ToString())], NextCommand(stack)), json);
            return ExitCode.Holds;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse($"writing the stack into {directory} failed: {e.Message}; choose a folder that you may write to with --directory");
        }
    }

    // A profile is named from where the user stands; culvert.yaml names it from its own folder.
    private static IReadOnlyList<string> PathsFrom(string directory, string? driver, IReadOnlyList<string> locations) =>
        driver is null or "adguard"
            ? locations
            : [.. locations.Select(l => Path.IsPathRooted(l) ? l : Path.GetRelativePath(Path.GetFullPath(directory), Path.GetFullPath(l)))];

    private static string NextCommand(NewStack stack) =>
        Path.GetFullPath(stack.Directory) == Environment.CurrentDirectory ? "culvert up" : $"culvert up --config {stack.ConfigurationPath}";

    private string AskDriver()
    {
        while (true)
        {
            output.Write($"Which VPN client makes the tunnel ({string.Join(", ", Drivers)})? [adguard] ");
            var answer = answers.ReadLine()?.Trim();
            if (string.IsNullOrEmpty(answer))
            {
                return Drivers[0];
            }

            if (Drivers.Contains(answer))
            {
                return answer;
            }
        }
    }

    private string[] AskProfile(string driver)
    {
        if (driver == Drivers[0])
        {
            return [];
        }

        output.Write("Where is its profile? [name it later in culvert.yaml] ");
        var answer = answers.ReadLine()?.Trim();
        return string.IsNullOrEmpty(answer) || answer.Any(char.IsControl) ? [] : [answer];
    }

    private bool Ask(string question, Func<string, bool> isYes)
    {
        if (!interactive)
        {
            return false;
        }

        output.Write(question);
        return isYes(answers.ReadLine()?.Trim().ToLowerInvariant() ?? "");
    }

    private int Refuse(string sentence)
    {
        errors.WriteLine($"culvert init: {sentence}.");
        return ExitCode.WrongUse;
    }

    private void Report(InitReport report, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, InitJson.Default.InitReport));
            return;
        }

        foreach (var path in report.Written)
        {
            output.WriteLine($"wrote {path}");
        }

        if (report.ToDo.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Still to do:");
            foreach (var finding in report.ToDo)
            {
                output.WriteLine($"  {finding}");
            }
        }

        output.WriteLine();
        output.WriteLine($"Next: {report.Next}");
    }
}
