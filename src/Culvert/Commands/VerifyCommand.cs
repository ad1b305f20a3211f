using System.CommandLine;
using Culvert.Commands.Verify;
using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Stack;
using Culvert.Verification;
using Spectre.Console;

namespace Culvert.Commands;

internal static class VerifyCommand
{
    private const string Description = """
        Prove that every call leaves through the VPN: checks with evidence.

        Runs on the host as root, against a stack that is up. A check of a leak first proves that its detector sees one
        that is made on purpose; where it cannot, the check is unproven, which is not a pass.
        Exit code: 0 everything holds, 1 something does not or is unproven, 2 wrong use.

        Examples:
          sudo culvert verify
          sudo culvert verify --json > evidence.json
          sudo culvert verify --check dns --check ipv6
        """;

    // Where Debian, Fedora and Alpine keep the system's certificates in one file.
    private static readonly string[] CertificateBundles =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

    public static Command Create()
    {
        var config = StackOption.Create();
        var json = JsonOption.Create();
        var ids = new Option<string[]>("--check")
        {
            Description = "Only this check; may be given more than once.",
            HelpName = "ID",
        };
        ids.AcceptOnlyFromAmong([.. CheckCatalogue.All.Select(check => check.Id)]);
        var command = new Command("verify", Description) { config, ids, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetValue(ids) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string config, string[] ids, bool json, CancellationToken cancellationToken)
    {
        if (UserIdentity.EffectiveUid() != 0)
        {
            Console.Error.WriteLine("verify: looking into the stack's namespaces needs root; run it with sudo.");
            return ExitCode.WrongUse;
        }

        if (StackOption.Load(config) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        try
        {
            if (await TargetOfAsync(stack, config, cancellationToken) is not { } target)
            {
                return ExitCode.DoesNotHold;
            }

            UseSystemCertificates();
            var checks = CheckCatalogue.All.Where(check => ids.Length == 0 || ids.Contains(check.Id)).ToList();
            var report = await new Verifier(target, Environment.ProcessPath!, TimeProvider.System)
                .RunAsync(checks, ShowProgress, cancellationToken);
            Print(report, json);
            return report.Holds ? ExitCode.Holds : ExitCode.DoesNotHold;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SubprocessFailedException or System.Text.Json.JsonException)
        {
            Console.Error.WriteLine($"verify: looking for the stack and what it left in its run directory failed: {e.Message}");
            return ExitCode.DoesNotHold;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("verify: stopped before it was done; nothing is proven.");
            return ExitCode.DoesNotHold;
        }
    }

    /// <summary>Null after a sentence was printed.</summary>
    private static async Task<VerifyTarget?> TargetOfAsync(StackDefinition stack, string config, CancellationToken cancellationToken)
    {
        var folder = ComposeFolder.Of(config);
        if (stack.Runtime == StackRuntime.Compose && await new ComposeStack(stack, folder).MissingAsync(cancellationToken) is { Count: > 0 } missing)
        {
            Console.Error.WriteLine($"verify: {string.Join("; ", missing)}.");
            return null;
        }

        var target = stack.Runtime == StackRuntime.Compose
            ? await ComposeTarget.FindAsync(stack, folder, cancellationToken)
            : NamespacesTarget.Find(stack);
        if (target is null)
        {
            Console.Error.WriteLine($"verify: the stack {stack.Name} is not up; start it with `culvert up`.");
        }

        return target;
    }

    // OpenSSL reads the variable when a probe starts; without it .NET reads a folder of single certificates, which a
    // machine with its own bundle may not have.
    private static void UseSystemCertificates()
    {
        const string Variable = "SSL_CERT_FILE";
        if (Environment.GetEnvironmentVariable(Variable) is null && CertificateBundles.FirstOrDefault(File.Exists) is { } bundle)
        {
            Environment.SetEnvironmentVariable(Variable, bundle);
        }
    }

    private static void ShowProgress(Evidence evidence)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"  {evidence.Verdict}: {evidence.Title} ({evidence.Duration.TotalSeconds:0.0} s)");
        }
    }

    private static void Print(VerifyReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(report.ToJson());
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Terminal.OutputTakesColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Terminal.OutputTakesColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 140;
        }

        EvidenceTable.Write(report, console);
    }
}
