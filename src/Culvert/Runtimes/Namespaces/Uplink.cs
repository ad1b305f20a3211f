using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>An uplink whose interface did not come up.</summary>
internal sealed class UplinkFailedException(string message) : Exception(message);

/// <summary>Gives the interface that slirp4netns made its address and its default route.</summary>
internal sealed class Uplink(Places places, UplinkSetup setup, TimeProvider time)
{
    private const string LastButOne = "4294967294";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Content when it is set up already. Ends the process on failure, so that it is started anew.</summary>
    public async Task SetUpAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        if (File.Exists(setup.Ready))
        {
            return;
        }

        try
        {
            await WaitForInterfaceAsync(process, cancellationToken);
            await ConfigureAsync(cancellationToken);
        }
        catch (Exception e) when (e is SubprocessFailedException or UplinkFailedException)
        {
            Signals.Send(process.Pid, Signals.Kill);
            throw;
        }
    }

    private async Task ConfigureAsync(CancellationToken cancellationToken)
    {
        await IpAsync(["link", "set", setup.Interface, "address", HardwareAddress.Of(setup.Namespace), "mtu", $"{Units.UplinkMtu}", "up"], cancellationToken);
        await IpAsync(["address", "replace", setup.Address, "dev", setup.Interface], cancellationToken);
        // The route tells hold the gateway, and hold removes it. Until then the metric keeps it behind the tunnel's.
        await IpAsync(["route", "replace", "default", "via", setup.Gateway, "dev", setup.Interface, "metric", LastButOne], cancellationToken);
        var guard = Guard();
        if (setup.Guarded)
        {
            RunHoldAgain();
        }

        File.WriteAllText(setup.Ready, "");
        if (setup.Guarded)
        {
            await ConnectAnewAsync(guard, cancellationToken);
        }
    }

    /// <summary>With the interface went the carrier's routes; hold knows them, and running it again sets everything anew.</summary>
    private void RunHoldAgain()
    {
        if (ProcessRecord.Read(places.RecordOf(Role.Hold.Name)) is { Identity.IsAlive: true } hold)
        {
            Signals.Send(hold.Pid, Signals.Terminate);
        }
    }

    /// <summary>
    /// The sockets that carried on the host were those of the process that is gone. A client over UDP hears of that by silence alone, and AdGuard's over TCP took
    /// 11 s: the tunnel role is asked to connect anew as soon as hold has set everything. One that is only starting takes it for nothing.
    /// </summary>
    private async Task ConnectAnewAsync(DateTimeOffset? guard, CancellationToken cancellationToken)
    {
        if (ProcessRecord.Read(places.RecordOf(Role.Tunnel.Name)) is not { Identity.IsAlive: true } tunnel)
        {
            return;
        }

        var begun = time.GetTimestamp();
        while ((Guard() is not { } loaded || loaded == guard) && time.GetElapsedTime(begun) < Deadline)
        {
            await Task.Delay(Interval, time, cancellationToken);
        }

        Signals.Send(tunnel.Pid, Signals.HangUp);
    }

    /// <summary>Null also while hold runs anew, and for the moment in which its report is being written.</summary>
    private DateTimeOffset? Guard()
    {
        try
        {
            return ReportFile.ReadNamespace(places.Run.NamespaceReport)?.GuardLoadedAt;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private async Task WaitForInterfaceAsync(ProcessIdentity process, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!(await Subprocess.RunAsync("ip", ["-n", setup.Namespace, "link", "show", setup.Interface], cancellationToken)).Succeeded)
        {
            if (!process.IsAlive || time.GetElapsedTime(begun) > Deadline)
            {
                throw new UplinkFailedException($"slirp4netns made no interface {setup.Interface} in {setup.Namespace}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private Task<string> IpAsync(string[] arguments, CancellationToken cancellationToken) =>
        Subprocess.RequireAsync("ip", ["-n", setup.Namespace, .. arguments], cancellationToken);
}
