using System.CommandLine;
using System.Net;
using System.Text.Json;
using Culvert.Verification.Probes;

namespace Culvert.Commands;

internal static class ProbeCaptureCommand
{
    public static Command Create()
    {
        var name = new Option<string>("--interface") { Description = "The interface to watch.", Required = true };
        var own = new Option<IPAddress>("--own-address")
        {
            Description = "The interface's address, asked for by ARP as a proof that the capture sees what leaves.",
            Required = true,
            CustomParser = ProbeCommand.ParseAddress,
        };
        var seconds = new Option<double?>("--seconds") { Description = "How long; without it, until standard input ends." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("capture", "Sum up the frames that leave by an interface.") { name, own, seconds, json };
        command.SetAction((parse, cancellationToken) =>
        {
            var stop = ProbeEnd.After(parse.GetValue(seconds), cancellationToken);
            try
            {
                var report = CaptureProbe.Run(
                    parse.GetRequiredValue(name), parse.GetRequiredValue(own), () => Console.WriteLine(CaptureProbe.ReadyLine), stop);
                Console.WriteLine(parse.GetValue(json)
                    ? JsonSerializer.Serialize(report, ProbeJson.Default.CaptureReport)
                    : string.Join('\n', report.Flows.Select(flow => flow.Describe()).Append(report.Doubt ?? $"{report.Frames} frames, none missed")));
                return Task.FromResult(report.Doubt is null ? ExitCode.Holds : ExitCode.DoesNotHold);
            }
            catch (IOException e)
            {
                Console.Error.WriteLine(e.Message);
                return Task.FromResult(ExitCode.DoesNotHold);
            }
        });
        return command;
    }
}
