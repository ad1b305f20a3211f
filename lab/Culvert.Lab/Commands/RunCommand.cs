using System.CommandLine;
using System.Diagnostics;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var culvert = new Option<FileInfo?>("--culvert") { Description = "The program under test; without it, the one that `make publish` built.", HelpName = "FILE" };
        var command = new Command(
            "run",
            """
            Bring the lab and a stack up, make real LLM calls, kill everything once, verify, take all down.

            Exit code: 0 everything held, 1 something did not.

            Example:
              sudo Culvert.Lab run
            """)
        {
            culvert,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(culvert)?.FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? program, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await using var lab = await LabInternet.StartAsync(cancellationToken);
            var report = new LabReport();
            report.Say($"An internet in namespaces: ISP, two VPN exits, LLM providers, DNS over TLS, an eavesdropper ({clock.Elapsed.TotalSeconds:0.0} s).");
            await new LabRun(lab, program is null ? new CulvertCli(lab.Host) : new CulvertCli(lab.Host, program), report).RunAsync(cancellationToken);
            report.Heading(report.Holds
                ? $"Everything held, in {clock.Elapsed.TotalSeconds:0} s. The lab is gone, and nothing of it was on this machine's network."
                : "Something did not hold; see ✗ above.");
            return report.Holds ? 0 : 1;
        }
        catch (Exception e) when (e is LabException or LabCommandFailedException)
        {
            Console.Error.WriteLine($"lab: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.Error.WriteLine("lab: interrupted; everything is taken down.");
            return 1;
        }
    }
}
