using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// One OpenVPN process from start to end, which it tells as <see cref="TunnelEvent.OfClient"/>. It calls back to a socket
/// of ours and ends by itself when that closes, so that a killed role leaves no client behind.
/// </summary>
#pragma warning disable CA1001 // StopAsync, which every client is ended with, disposes of what it holds.
internal sealed class OpenVpnClient : ITunnelClient
#pragma warning restore CA1001
{
    private const int DefaultMtu = 1500;
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly int number;
    private readonly Login? login;
    private readonly Action<TunnelEvent> tell;
    private readonly ClientLog log;
    private readonly Process process;
    private readonly Socket listener;
    private readonly CancellationTokenSource hangUp = new();
    private readonly Task running;
    private PushReply pushed;
    private long received;
    private string? ending;
    private bool refused;

    private OpenVpnClient(int number, Login? login, Action<TunnelEvent> tell, ClientLog log, Process process, Socket listener, OpenVpnExit exit)
    {
        (this.number, this.login, this.tell, this.log, this.process, this.listener) = (number, login, tell, log, process, listener);
        pushed = new PushReply(exit.Profile.Mtu, null);
        running = RunAsync(exit.Profile.For(exit.Carrier));
    }

    /// <summary>Starts the client. Throws what starting a process and opening a socket throw.</summary>
    public static OpenVpnClient Start(int number, OpenVpnExit exit, Login? login, ClientSeat seat, string program = "openvpn")
    {
        var socketPath = $"{seat.Directory}/management.sock";
        File.Delete(socketPath);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(socketPath));
            listener.Listen(1);
            var start = new ProcessStartInfo("setpriv", [.. OpenVpnArguments.WithoutCapabilities, program, .. OpenVpnArguments.Of(socketPath)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var process = Process.Start(start)!;
            seat.WriteDown(process.Id);
            var log = new ClientLog("openvpn", seat.Output, seat.Time, login?.Password);
            return new OpenVpnClient(number, login, seat.Tell, log, process, listener, exit);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Asks the client to end by hanging up, and kills it when the grace is over or it never called.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time)
    {
        await hangUp.CancelAsync();
        try
        {
            await running.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await running;
        }

        hangUp.Dispose();
        process.Dispose();
    }

    private async Task RunAsync(string configuration)
    {
        await Task.Yield();
        var output = new List<string>();
        var drained = Task.WhenAll(DrainAsync(process.StandardOutput, output), DrainAsync(process.StandardError, output));
        try
        {
            await WriteConfigurationAsync(configuration);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(hangUp.Token);
            var exit = EndWithProcessAsync(ended);
            await TalkAsync(ended.Token);
            await exit;
        }
        finally
        {
            listener.Dispose();
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await drained;
        tell(new TunnelEvent.ClientEnded(number, Reason(output), refused));
    }

    // What the client said last is read to its end, which comes by itself once the process is gone; only one that ended
    // before it called back is not waited for any longer.
    private async Task EndWithProcessAsync(CancellationTokenSource conversation)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        conversation.CancelAfter(LastWords);
    }

    private async Task WriteConfigurationAsync(string configuration)
    {
        try
        {
            await process.StandardInput.WriteAsync(configuration.AsMemory(), hangUp.Token);
            process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client ended or was given up before it read its configuration; its exit tells why.
        }
    }

    private async Task TalkAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await listener.AcceptAsync(cancellationToken);
            using var stream = new NetworkStream(connection);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                foreach (var answer in Hear(ManagementLine.Parse(line)))
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either side hung up. The client ends on it, and its end is told.
        }
    }

    /// <summary>Returns the commands to answer with.</summary>
    private string[] Hear(ManagementLine line)
    {
        switch (line)
        {
            case ManagementLine.Hold:
                return ["state on", "bytecount 1", "log on", "hold release"];
            case ManagementLine.Log said:
                pushed = PushReply.Find(said.Text) is { } part ? pushed.With(part) : pushed;
                log.Take(said);
                return [];
            case ManagementLine.ByteCount count when count.Received > received:
                received = count.Received;
                tell(new TunnelEvent.ServerHeard(number));
                return [];
            case ManagementLine.State { Name: "CONNECTED", TunnelAddress: null }:
                return End("the server gave the tunnel no address that can be used; ask the VPN service", isRefusal: true);
            case ManagementLine.State state:
                Tell(state);
                return [];
            case ManagementLine.PasswordNeeded { Kind: "Auth" } when login is not null:
                return login.Answers();
            case ManagementLine.PasswordNeeded needed:
                return End($"the client asks for '{log.Clean(needed.Kind)}', which culvert.yaml does not give; see vpn.user and vpn.password_file", isRefusal: true);
            case ManagementLine.PasswordRefused:
                return End("the server refused the login; check vpn.user, the file of vpn.password_file and the certificate", isRefusal: true);
            case ManagementLine.Fatal fatal:
                return End($"the client gave up: {log.Clean(fatal.Text)}", isRefusal: false);
            case ManagementLine.CommandFailed failed:
                return End($"the client did not understand a command: {log.Clean(failed.Text)}", isRefusal: false);
            default:
                return [];
        }
    }

    private string[] End(string reason, bool isRefusal)
    {
        ending ??= reason;
        refused |= isRefusal;
        return isRefusal ? ["signal SIGTERM"] : [];
    }

    private void Tell(ManagementLine.State state)
    {
        switch (state.Name)
        {
            case "CONNECTED" when state.Detail == "SUCCESS" && state.TunnelAddress is { } address:
                tell(new TunnelEvent.ClientConnected(number, new TunnelAddress(address, pushed.Mtu ?? DefaultMtu, pushed.Ping)));
                break;
            case "EXITING" or "RECONNECTING":
                ending ??= state.Detail.Length > 0 ? $"the client ended: {log.Clean(state.Detail)}" : null;
                break;
            case "TCP_CONNECT" or "WAIT":
                tell(new TunnelEvent.ClientMoved(number, "waiting for the server to answer", Awaits: true));
                break;
            case "AUTH":
                tell(new TunnelEvent.ClientMoved(number, "logging in", Awaits: false) { ShakesHands = true });
                break;
            case "GET_CONFIG":
                tell(new TunnelEvent.ClientMoved(number, "logging in", Awaits: false));
                break;
            default:
                break;
        }
    }

    // Before it calls back, the client speaks only here (a directive it does not take, a missing library). Kept short, and drained to the end.
    private static async Task DrainAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (lines)
            {
                if (line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.StartsWith("setpriv", StringComparison.Ordinal))
                {
                    lines.Add(line);
                    lines.RemoveRange(0, Math.Max(0, lines.Count - 3));
                }
            }
        }
    }

    private string Reason(List<string> output)
    {
        var reason = ending ?? $"the client ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}";
        var detail = log.LastTrouble ?? (output.Count > 0 ? log.Clean(output[^1]) : null);
        return detail is null || refused ? reason : $"{reason} ({detail})";
    }
}
