using System.ComponentModel;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>
/// One <c>connect --no-fork</c> from start to end. The client makes tun0, gives it an address and tells no routes, so the address
/// is read from the kernel once it says that it is connected.
/// </summary>
#pragma warning disable CA1001 // StopAsync, which every client is ended with, disposes of what it holds.
internal sealed class AdGuardClient : ITunnelClient
#pragma warning restore CA1001
{
    private static readonly TimeSpan UntilAddressed = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly int number;
    private readonly AdGuardExit exit;
    private readonly ClientSeat seat;
    private readonly ClientLog log;
    private readonly CancellationTokenSource over = new();
    private readonly Task running;
    private Task announcing = Task.CompletedTask;
    private int? process;

    public AdGuardClient(int number, AdGuardExit exit, ClientSeat seat)
    {
        (this.number, this.exit, this.seat) = (number, exit, seat);
        log = new ClientLog("adguardvpn-cli", seat.Output, seat.Time, secret: null);
        running = RunAsync();
    }

    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        await over.CancelAsync();
        try
        {
            await running.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            if (process is { } id)
            {
                Signals.Send(id, Signals.Kill);
            }

            await running;
        }

        over.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            var ended = await ConnectAsync();
            await announcing;
            seat.Tell(ended);
        }
        catch (OperationCanceledException)
        {
            seat.Tell(Ended("it was stopped"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            seat.Tell(Ended($"running {AdGuardCli.Program}: {e.Message}") with { SameEverywhere = true });
        }
    }

    private async Task<TunnelEvent.ClientEnded> ConnectAsync()
    {
        Moved("asking AdGuard's client whether it may connect");
        var uplink = ReportFile.ReadNamespace(new RunDirectory(seat.Files.Run).NamespaceReport)?.Uplink.Name
            ?? throw new IOException("hold has taken its report back");
        if (await exit.Service.ObstacleAsync(number, exit.Location, uplink, over.Token) is { } obstacle)
        {
            return obstacle;
        }

        Moved("waiting for AdGuard's client to connect");
        var answer = await exit.Service.Cli.CarryAsync(exit.Location == AdGuardExit.Fastest ? null : exit.Location, Started, Heard, over.Token);
        return AdGuardEnding.Of(number, answer, log.LastTrouble);
    }

    private void Started(int id)
    {
        process = id;
        seat.WriteDown(id);
    }

    private void Heard(string line)
    {
        if (line.Trim().Length > 0)
        {
            log.Take(line, AdGuardEnding.IsTrouble(line));
        }

        if (AdGuardCli.SaysConnected(line) && announcing.IsCompleted)
        {
            announcing = AnnounceAsync();
        }
    }

    private async Task AnnounceAsync()
    {
        var begun = seat.Time.GetTimestamp();
        while (!over.IsCancellationRequested && seat.Time.GetElapsedTime(begun) < UntilAddressed)
        {
            if (NetworkDevice.Find(Role.TunnelInterface) is { Address: { } address, Mtu: > 0 and var mtu } && TunnelAddress.Parse($"{address}") is { } usable)
            {
                seat.Tell(new TunnelEvent.ClientConnected(number, new TunnelAddress(usable, mtu, ServerPing: null)));
                return;
            }

            await Task.Delay(BetweenLooks, seat.Time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The machine's deadline for connecting ends it.
        log.Take($"it says that it is connected, but {Role.TunnelInterface} has no address", isError: true);
    }

    private void Moved(string doing) => seat.Tell(new TunnelEvent.ClientMoved(number, doing, Awaits: false));

    private TunnelEvent.ClientEnded Ended(string reason) => new(number, reason, Refused: false);
}
