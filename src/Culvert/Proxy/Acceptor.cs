using System.Net.Sockets;
using Culvert.Proxy.Accounting;

namespace Culvert.Proxy;

/// <summary>
/// Accepts until told to stop. Errors come in three tiers: a peer that left before accept is nothing; a lack of
/// descriptors or memory is waited out, or the ready listener would spin; a listener that is no more ends the role.
/// </summary>
internal sealed class Acceptor(Func<CancellationToken, ValueTask> acceptOne, Notices notices, TimeProvider time)
{
    public static readonly TimeSpan PressurePause = TimeSpan.FromMilliseconds(100);

    /// <summary>For what accepts sockets of the base library.</summary>
    public Acceptor(Func<CancellationToken, ValueTask<Socket>> accept, Action<Socket> accepted, Notices notices, TimeProvider time)
        : this(async stopping => accepted(await accept(stopping)), notices, time)
    {
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await AcceptAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async ValueTask AcceptAsync(CancellationToken stopping)
    {
        try
        {
            await acceptOne(stopping);
        }
        catch (SocketException e) when (IsTransient(e.SocketErrorCode))
        {
            // The next one is already waiting.
        }
        catch (SocketException e) when (!IsFatal(e.SocketErrorCode))
        {
            notices.OutOfDescriptors(e.SocketErrorCode.ToString());
            await Task.Delay(PressurePause, time, stopping);
        }
    }

    // accept(2) also hands out network errors that were pending on the new socket.
    private static bool IsTransient(SocketError error) => error is
        SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted or SocketError.NetworkDown
        or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown or SocketError.TimedOut;

    private static bool IsFatal(SocketError error) => error is
        SocketError.NotSocket or SocketError.InvalidArgument or SocketError.OperationNotSupported or SocketError.OperationAborted or SocketError.Fault;
}
