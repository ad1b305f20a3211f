using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel.Drivers;

namespace Culvert.Tunnel;

/// <summary>
/// The shell around <see cref="TunnelMachine"/>: one loop that takes events, carries effects out one after another and
/// writes the report. Nothing else touches tun0, so what it sees of the link is never older than what it did to it.
/// </summary>
#pragma warning disable CA1001 // RunAsync, which a role is made for, disposes of what it holds.
internal sealed class TunnelRole
#pragma warning restore CA1001
{
    /// <summary>How soon a deleted tun0 or route is noticed.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(250);

    /// <summary>The command line ends a process two seconds after SIGTERM, so the client gets less.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    /// <summary>SIGUSR1, by its number on Linux: .NET has no name for it.</summary>
    private const PosixSignal AskProviders = (PosixSignal)10;

    private readonly VpnDriver driver;
    private readonly RunDirectory run;
    private readonly IReadOnlyList<TunnelExit> exits;
    private readonly TunnelConnections connections;
    private readonly TunnelMachine machine;
    private readonly CancellationTokenSource over = new();
    private readonly DataPathProbe probe;
    private readonly TimeProvider time;
    private readonly TextWriter output;
    private readonly Channel<TunnelEvent> events = Channel.CreateUnbounded<TunnelEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<int, ITunnelClient> clients = [];
    private readonly ClientSeat seat;
    private readonly DateTimeOffset startedAt;
    private readonly long startedStamp;
    private Task probing = Task.CompletedTask;
    private TunnelStatus status;
    private (DateTimeOffset Here, DateTimeOffset Wall) since;
    private TunnelReport? reported;
    private TunnelReport? written;
    private string? lastTrouble;

    public TunnelRole(StackDefinition stack, string configuration, RunDirectory run, IReadOnlyList<TunnelExit> exits, TunnelTimings timings, uint seed, TimeProvider time, TextWriter output)
    {
        (this.run, this.exits, this.time, this.output) = (run, exits, time, output);
        driver = stack.Vpn.Driver;
        connections = new TunnelConnections(stack.Dns);
        probe = DataPathProbe.Of(stack, time);
        seat = new ClientSeat(new RoleFiles(configuration, run.Path, ClientDirectoryOf(run)), e => events.Writer.TryWrite(e), output, time);
        machine = new TunnelMachine(timings, exits.Count, exits[0].MakesLink);
        (startedAt, startedStamp) = (time.GetUtcNow(), time.GetTimestamp());
        status = TunnelStatus.Initial(startedAt, seed, timings);
    }

    /// <summary>The machine's clock: a wall clock that is set back, as at the first contact with a time server, would move every deadline away.</summary>
    private DateTimeOffset Now => startedAt + time.GetElapsedTime(startedStamp);

    // Of this uid: a change of driver can change it, and root without a capability cannot enter what is another's.
    public static string ClientDirectoryOf(RunDirectory run) => $"{run.Of(Role.Tunnel)}/client{UserIdentity.EffectiveUid()}";

    /// <summary>Runs until SIGTERM or cancellation, whatever happens to the client, the server or tun0.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = over;
        using var stop = cancellationToken.Register(() => events.Writer.TryWrite(new TunnelEvent.StopWanted()));
        using var terminate = On(PosixSignal.SIGTERM, new TunnelEvent.StopWanted());
        using var interrupt = On(PosixSignal.SIGINT, new TunnelEvent.StopWanted());
        using var reconnect = On(PosixSignal.SIGHUP, new TunnelEvent.ReconnectWanted());
        using var doubt = On(AskProviders, new TunnelEvent.ProvidersDoubted());
        await ClearAwayAsync();
        Report();
        using var pulse = time.CreateTimer(_ => events.Writer.TryWrite(new TunnelEvent.Elapsed()), null, TimeSpan.Zero, Pulse);
        while (status.Phase != TunnelPhase.Stopped)
        {
            var happened = await events.Reader.ReadAsync(CancellationToken.None);
            if (happened is TunnelEvent.Elapsed)
            {
                await LookAsync();
            }

            await ApplyAsync(happened);
        }

        await over.CancelAsync();
        await probing;
    }

    private PosixSignalRegistration On(PosixSignal signal, TunnelEvent wanted) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        events.Writer.TryWrite(wanted);
    });

    // A role that was killed may have left the link up and, if it was stopped just then, its client running.
    private async Task ClearAwayAsync()
    {
        await CarryAsync(new TunnelEffect.TakeLinkDown());
        Directory.CreateDirectory(seat.Directory);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(seat.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using var limit = new CancellationTokenSource(Grace, time);
        if (ClientRecord.Read(seat.Record) is { } record && await record.KillAsync(limit.Token))
        {
            Say($"ended the client {record.ProcessId} of an earlier run");
        }
    }

    private async Task LookAsync()
    {
        if (ReadNamespace() is not { } space)
        {
            return;
        }

        if (status.Phase == TunnelPhase.Starting)
        {
            await ApplyAsync(new TunnelEvent.GuardStands());
        }

        await ApplyAsync(new TunnelEvent.LinkSeen(LinkSnapshot.Take(space)));
    }

    private NamespaceReport? ReadNamespace()
    {
        try
        {
            return ReportFile.ReadNamespace(run.NamespaceReport);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Trouble($"reading {run.NamespaceReport}: {e.Message}");
            return null;
        }
    }

    private async Task ApplyAsync(TunnelEvent happened)
    {
        var step = machine.Step(status, happened, Now);
        status = step.Status;
        foreach (var effect in step.Effects)
        {
            await CarryAsync(effect);
        }

        Report();
    }

    private async Task CarryAsync(TunnelEffect effect)
    {
        try
        {
            await DoAsync(effect);
        }
        catch (Exception e) when (e is SubprocessFailedException or IOException or UnauthorizedAccessException or Win32Exception or SocketException or JsonException)
        {
            Trouble($"{effect.GetType().Name}: {e.Message}");
            if (ClientOf(effect) is { } client)
            {
                events.Writer.TryWrite(new TunnelEvent.ClientEnded(client, e.Message, Refused: false));
            }
        }
    }

    private static int? ClientOf(TunnelEffect effect) => effect switch
    {
        TunnelEffect.PrepareLink prepare => prepare.Client,
        TunnelEffect.BringLinkUp up => up.Client,
        TunnelEffect.StartClient start => start.Client,
        _ => null,
    };

    private async Task DoAsync(TunnelEffect effect)
    {
        // Each program has its own deadline; a stop request waits for the step that is under way.
        var never = CancellationToken.None;
        switch (effect)
        {
            case TunnelEffect.TakeLinkDown:
                await TunnelLink.TakeDownAsync(never);
                await connections.EndLookupsAsync(never);
                break;
            case TunnelEffect.PrepareLink when exits[0].MakesLink:
                await TunnelLink.RemoveAsync(never);
                break;
            case TunnelEffect.PrepareLink:
                await TunnelLink.PrepareAsync(never);
                break;
            case TunnelEffect.BringLinkUp up:
                if (await connections.EndOfOtherExitsAsync(status.Exit, up.Address, never) is > 0 and var ended)
                {
                    Say($"ended what still went through the exit before: connections: {ended}");
                }

                await TunnelLink.BringUpAsync(up.Address, up.Mtu, never);
                events.Writer.TryWrite(new TunnelEvent.Elapsed());
                break;
            case TunnelEffect.RestoreCarrierRoutes when ReadNamespace() is { } space:
                await TunnelLink.RestoreCarrierRoutesAsync(space, never);
                Say("put the carrier's route by way of the uplink back");
                break;
            case TunnelEffect.StartClient start:
                clients[start.Client] = exits[start.Exit].Start(start.Client, seat);
                break;
            case TunnelEffect.Probe wanted:
                probing = Task.WhenAll(probing, ProbeAsync(wanted));
                break;
            case TunnelEffect.StopClient stop when clients.Remove(stop.Client, out var client):
                await client.StopAsync(Grace, time);
                break;
            default:
                break;
        }
    }

    // Beside the loop: what the link shows must not wait for an answer that never comes.
    private async Task ProbeAsync(TunnelEffect.Probe wanted)
    {
        await Task.Yield();
        try
        {
            events.Writer.TryWrite(await probe.RunAsync(wanted.Client, wanted.AskProviders, over.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            events.Writer.TryWrite(new TunnelEvent.Probed(wanted.Client, Answered: false, null, Asked: false));
        }
    }

    private void Report()
    {
        var exit = exits[status.Exit];
        since = since.Here == status.Since ? since : (status.Since, time.GetUtcNow());
        var report = new TunnelReport(
            status.Reported,
            since.Wall,
            driver.ToString().ToLowerInvariant(),
            exit.Location,
            exit.Endpoint,
            status.Phase == TunnelPhase.Connected ? status.Address?.Address.ToString() : null,
            status.Attempt,
            status.Reason,
            ExitNotes.Sentence(exits, status, Now, since.Wall - since.Here));
        if (report != reported)
        {
            reported = report;
            Say(Describe(report, exit.Carrier.Protocol));
        }

        if (report != written)
        {
            Write(report);
        }
    }

    private void Write(TunnelReport report)
    {
        try
        {
            ReportFile.Write(run.TunnelReport, report);
            written = report;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The tunnel is worth more than its report; the next pulse tries again.
            Trouble($"writing {run.TunnelReport}: {e.Message}");
        }
    }

    private static string Describe(TunnelReport report, string protocol)
    {
        var detail = report.Reason ?? $"address {report.TunnelAddress}{(report.Note is { } note ? $"; {note}" : "")}";
        return $"{report.State.ToString().ToLowerInvariant()}: {report.Location} ({report.Exit}/{protocol}): {detail}";
    }

    // The same trouble several times a second is said once.
    private void Trouble(string sentence)
    {
        if (sentence != lastTrouble)
        {
            lastTrouble = sentence;
            Say(sentence);
        }
    }

    private void Say(string sentence) => output.WriteLine($"tunnel: {sentence}");
}
