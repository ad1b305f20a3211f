using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// Notices that the host reaches the exit from another address than before: a lease that was renewed, a cable in place of a radio.
/// The user-mode uplink's sockets keep the old address, from which no packet comes back, so the tunnel role is asked to connect anew.
/// With Docker the kernel forgets the old translation by itself.
/// </summary>
internal sealed class SourceWatch(Places places, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Where no exit is known by address: any address that only a default route leads to (RFC 5737).</summary>
    private static readonly IPAddress Elsewhere = IPAddress.Parse("198.51.100.1");

    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        IPAddress? known = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = Source();
            if (known is not null && now is not null && !now.Equals(known) && Tunnel() is { } tunnel)
            {
                say($"the host's address towards the exit is {now} now and was {known}: the tunnel connects anew");
                Signals.Send(tunnel, Signals.HangUp);
            }

            known = now ?? known;
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The address that the kernel would send from; nothing is sent. Null without a route.</summary>
    public static IPAddress? SourceTowards(IPAddress destination)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(destination, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private IPAddress? Source()
    {
        try
        {
            var carriers = ReportFile.ReadNamespace(places.Run.NamespaceReport)?.Carriers ?? [];
            return SourceTowards(carriers.Select(carrier => carrier.Address).FirstOrDefault(address => address is not null) is { } known ? IPAddress.Parse(known) : Elsewhere);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // The report is being written, or the stack is being taken down: the next look tells.
            return null;
        }
    }

    private int? Tunnel() => ProcessRecord.Read(places.RecordOf(Role.Tunnel.Name)) is { Identity.IsAlive: true } record ? record.Pid : null;
}
