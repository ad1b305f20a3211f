using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Tunnel.Drivers.WireGuard;

/// <summary>
/// One wireguard-go process from start to end. It shakes hands while tun0 is still down, so that the tunnel counts as connected
/// only when the server has proved who it is. Kernel WireGuard is not used: its packets have no owner that the guard could match.
/// </summary>
#pragma warning disable CA1001 // StopAsync, which every client is ended with, disposes of what it holds.
internal sealed class WireGuardClient : ITunnelClient
#pragma warning restore CA1001
{
    private static readonly TimeSpan UntilHandshake = TimeSpan.FromMilliseconds(100);

    // WireGuard itself sends a first packet that was lost again after five seconds, which is as long as calls may be away.
    private static readonly TimeSpan UntilHandshakeAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UntilEnded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly int number;
    private readonly WireGuardExit exit;
    private readonly ClientSeat seat;
    private readonly ClientLog log;
    private readonly Process process;
    private readonly string socketPath;
    private readonly CancellationTokenSource over = new();
    private readonly Task running;
    private string? ending;

    private WireGuardClient(int number, WireGuardExit exit, ClientSeat seat, Process process)
    {
        (this.number, this.exit, this.seat, this.process) = (number, exit, seat, process);
        log = new ClientLog("wireguard", seat.Output, seat.Time, secret: null);
        socketPath = WireGuardImage.SocketOf(seat.Directory);
        running = RunAsync();
    }

    /// <summary>Starts <paramref name="command"/> without the role's capability. Throws what starting a process throws.</summary>
    public static WireGuardClient Start(int number, WireGuardExit exit, ClientSeat seat, IReadOnlyList<string> command)
    {
        File.Delete(WireGuardImage.SocketOf(seat.Directory));
        var process = Process.Start(new ProcessStartInfo("setpriv", [.. OpenVpnArguments.WithoutCapabilities, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        seat.WriteDown(process.Id);
        return new WireGuardClient(number, exit, seat, process);
    }

    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        Signals.Send(process.Id, Signals.Terminate);
        try
        {
            await running.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await running;
        }

        over.Dispose();
        process.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var drained = Task.WhenAll(DrainAsync(process.StandardOutput), DrainAsync(process.StandardError));
        var watching = WatchAsync();
        await process.WaitForExitAsync(CancellationToken.None);
        await over.CancelAsync();
        await watching;
        await drained;
        var reason = ending ?? $"the client ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}";
        seat.Tell(new TunnelEvent.ClientEnded(number, log.LastTrouble is { } trouble ? $"{reason} ({trouble})" : reason, Refused: false));
    }

    private async Task WatchAsync()
    {
        try
        {
            seat.Tell(new TunnelEvent.ClientMoved(number, "waiting for the server's handshake", Awaits: true));
            await ConfigureAsync();
            var (received, asked) = (0L, seat.Time.GetTimestamp());
            for (var connected = false; ; await Task.Delay(connected ? BetweenLooks : UntilHandshake, seat.Time, over.Token))
            {
                var answer = await WireGuardControl.AskAsync(socketPath, WireGuardControl.GetMessage, seat.Time, over.Token);
                var state = WireGuardControl.ParseState(answer) ?? throw new IOException("it answers with an error");
                if (!connected && state.Handshaken)
                {
                    connected = true;
                    seat.Tell(new TunnelEvent.ClientConnected(number, new TunnelAddress(exit.Profile.Address!, exit.Profile.Mtu, ServerPing: null)));
                }
                else if (connected && state.Received > received)
                {
                    seat.Tell(new TunnelEvent.ServerHeard(number));
                }
                else if (!connected && seat.Time.GetElapsedTime(asked) >= UntilHandshakeAgain)
                {
                    // A peer that is new to the client has its first packet sent at once.
                    await ConfigureAsync();
                    asked = seat.Time.GetTimestamp();
                }

                received = state.Received;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client ended, which is told where its process is waited for; or it does not talk any more, and must end.
            await GiveUpAsync(e);
        }
    }

    private async Task ConfigureAsync()
    {
        var message = WireGuardControl.SetMessage(exit.Profile.PrivateKey!, exit.Peer);
        IReadOnlyList<string>? answer = null;
        while (answer is null)
        {
            try
            {
                answer = await WireGuardControl.AskAsync(socketPath, message, seat.Time, over.Token);
            }
            catch (SocketException)
            {
                // The socket is not there yet, or nobody listens on it yet. The machine's deadline bounds it.
                await Task.Delay(UntilHandshake / 5, seat.Time, over.Token);
            }
        }

        if (!WireGuardControl.IsAccepted(answer))
        {
            throw new IOException("it did not take its configuration");
        }
    }

    // A client that hangs up is mostly one that is about to end, with a better reason.
    private async Task GiveUpAsync(Exception why)
    {
        try
        {
            await process.WaitForExitAsync(over.Token).WaitAsync(UntilEnded, seat.Time, over.Token);
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
        catch (TimeoutException)
        {
            ending = $"the client does not answer: {why.Message}";
            process.Kill();
        }
    }

    // Errors only, by LOG_LEVEL; the banner about the kernel's own WireGuard is a frame of box-drawing characters.
    private async Task DrainAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.Length > 0 && line[0] is < '\u2500' or > '\u257F')
            {
                log.Take(line, isError: true);
            }
        }
    }
}
