using System.Globalization;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>The whole story once: bring the stack up on the lab's host, call, kill, verify, take it down, and tell what was seen.</summary>
internal sealed class LabRun(LabInternet lab, CulvertCli culvert, LabReport report)
{
    private const int CallsAtOnce = 4;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ProveTheLabSeesAsync(cancellationToken);
        var before = await MachineState.ReadAsync(lab.Host, cancellationToken);
        if (await BringUpAsync(cancellationToken))
        {
            await CallAsync(cancellationToken);
            await KillAsync(cancellationToken);
            await VerifyAsync(cancellationToken);
        }

        await TakeDownAsync(before, cancellationToken);
    }

    /// <summary>The positive control of everything that follows: without Culvert a call shows the host's address, its name is heard, its packets are counted.</summary>
    private async Task ProveTheLabSeesAsync(CancellationToken cancellationToken)
    {
        report.Heading("Without Culvert, so that the lab is seen to notice");
        var before = await lab.Counters.ReadAsync(cancellationToken);
        var call = await new CallMaker(lab).CallAsync(LlmClient.All[0], CallRoute.Straight, LabAddresses.Providers[0], cancellationToken);
        var seen = (await lab.Counters.ReadAsync(cancellationToken)).Since(before);
        report.Calls([new(call, "the host's own address, as it must be", call.Answered && call.Record?.Peer == $"{LabAddresses.Host}")]);
        report.Judge(seen.Leaked > 0, $"the ISP counted {seen.Leaked} packets outside the carrier");
        report.Judge(lab.Eavesdropper.Heard.Any(query => query.Name == "api.openai.com"), "the eavesdropper heard the name api.openai.com");
    }

    private async Task<bool> BringUpAsync(CancellationToken cancellationToken)
    {
        report.Heading("culvert up");
        var up = await culvert.UpAsync(cancellationToken);
        report.Say(up.Output.TrimEnd());
        report.Judge(up.Succeeded, up.Succeeded ? $"up after {Seconds(up.Elapsed)}" : up.Describe());
        return up.Succeeded;
    }

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        report.Heading("LLM calls: streaming chat completions over TLS, each with a key of its own, as the provider recorded them");
        var heard = lab.Eavesdropper.Heard.Count;
        var before = await lab.Counters.ReadAsync(cancellationToken);
        var calls = await MakeCallsAsync(cancellationToken);
        var seen = (await lab.Counters.ReadAsync(cancellationToken)).Since(before);
        report.Calls(calls.Select(call => new JudgedCall(call, "the exit's address", call.Answered && call.Record?.Peer == $"{lab.Exit1.Address}")));
        report.Judge(lab.Eavesdropper.Heard.Count == heard, $"the eavesdropper heard {lab.Eavesdropper.Heard.Count - heard} names");
        report.Judge(seen.Leaked == 0, $"the ISP counted {seen.Carrier.Packets} packets of carrier and {seen.Leaked} outside it");
    }

    private async Task<LlmCall[]> MakeCallsAsync(CancellationToken cancellationToken)
    {
        using var turns = new SemaphoreSlim(CallsAtOnce);
        var maker = new CallMaker(lab);
        var wanted =
            from route in CallRoute.Through(culvert.Path)
            from client in LlmClient.All.Select((client, number) => (client, number))
            select (route, client.client, provider: LabAddresses.Providers[client.number % 2]);
        return await Task.WhenAll(wanted.Select(async want =>
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                return await maker.CallAsync(want.client, want.route, want.provider, cancellationToken);
            }
            finally
            {
                turns.Release();
            }
        }));
    }

    private async Task KillAsync(CancellationToken cancellationToken)
    {
        report.Heading("kill -9 of everything, while dev pushes UDP, TCP, DNS and IPv6 at whatever could leak and calls without end");
        await using var trial = await KillTrial.StartAsync(lab, culvert, cancellationToken);
        var outcomes = new List<KillOutcome>();
        foreach (var victim in Victim.All)
        {
            outcomes.Add(await trial.KillAsync(victim, cancellationToken));
        }

        var load = await trial.StopAsync(cancellationToken);
        report.Kills(outcomes);
        report.Judge(load.Tried > 0, $"{load.Tried} packets and connections were tried meanwhile");
    }

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        report.Heading("culvert verify");
        var verify = await culvert.VerifyAsync(cancellationToken);
        report.Say(verify.Output.TrimEnd());
        report.Judge(verify.Succeeded, verify.Succeeded ? $"verified in {Seconds(verify.Elapsed)}" : verify.Describe());
    }

    private async Task TakeDownAsync(MachineState before, CancellationToken cancellationToken)
    {
        report.Heading("culvert down");
        var down = await culvert.DownAsync(cancellationToken);
        report.Judge(down.Succeeded, down.Succeeded ? $"down after {Seconds(down.Elapsed)}" : down.Describe());
        var changes = (await MachineState.ReadAsync(lab.Host, cancellationToken)).ChangesSince(before);
        report.Judge(changes.Count == 0, "namespaces, rules, routes, links, nftables, sysctls, mounts, files and processes of the host are as before");
        foreach (var change in changes)
        {
            report.Say($"    {change}");
        }
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
}
