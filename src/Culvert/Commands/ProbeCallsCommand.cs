using System.CommandLine;
using System.Net;
using System.Text.Json;
using Culvert.Stack;
using Culvert.Verification.Probes;

namespace Culvert.Commands;

internal static class ProbeCallsCommand
{
    public static Command Create()
    {
        var names = new Option<string[]>("--name") { Description = "A provider's domain that is not in the catalogue." };
        var addresses = new Option<string[]>("--address") { Description = "An address of a provider, and the provider's name: ADDRESS=NAME." };
        var proxy = new Option<IPAddress?>("--proxy") { Description = "Where the proxies are: calls to them are right.", CustomParser = ProbeCommand.ParseAddress };
        var seconds = new Option<double?>("--seconds") { Description = "How long; without it, until standard input ends." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("calls", "Watch for calls to LLM providers that leave this namespace by anything but the proxies.") { names, addresses, proxy, seconds, json };
        command.SetAction((parse, cancellationToken) =>
        {
            var watch = new CallWatch(
                CallWatch.ProvidersOf((parse.GetValue(names) ?? []).Select(name => new DomainSuffix(name))), AddressesOf(parse.GetValue(addresses) ?? []), parse.GetValue(proxy));
            var stop = ProbeEnd.After(parse.GetValue(seconds), cancellationToken);
            try
            {
                var report = CallProbe.Run(watch, () => Console.WriteLine(CaptureProbe.ReadyLine), stop);
                Console.WriteLine(parse.GetValue(json)
                    ? JsonSerializer.Serialize(report, ProbeJson.Default.CallReport)
                    : string.Join('\n', report.Calls.Select(call => call.Describe()).Append(report.Doubt ?? $"{report.Packets} packets, none missed")));
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

    private static Dictionary<IPAddress, string> AddressesOf(IEnumerable<string> options) =>
        options.Select(option => option.Split('=', 2)).ToDictionary(pair => IPAddress.Parse(pair[0]), pair => pair[1]);
}
