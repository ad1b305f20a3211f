using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Proxy.Pair;

/// <summary>
/// The proxy role with Dante and Tinyproxy behind its ports: writes their configurations, keeps both running, and follows
/// tun0's address, which changes with the exit.
/// </summary>
internal sealed class PairRole
{
    // A dump of the addresses costs tens of microseconds; until both know a new one, calls are refused.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly ProgramKeeper[] _keepers;
    private readonly string _folder;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private PairSetup _setup;

    /// <summary>Writes the configurations; <see cref="IOException"/> is the caller's boundary.</summary>
    public PairRole(PairSetup setup, RunDirectory run, TextWriter output, TimeProvider time)
    {
        (_setup, _folder, _output, _time) = (setup with { Tunnel = ReadTunnel() }, run.Of(Role.Proxy), TextWriter.Synchronized(output), time);
        PairFiles.Write(_setup, _folder);
        _keepers =
        [
            Keeper(PairProgram.Dante(_folder, new DanteLog(setup.Stack)), run),
            Keeper(PairProgram.Tinyproxy(_folder, new TinyproxyLog(setup.Stack)), run),
        ];
    }

    /// <summary>Until told to stop; then connections may go on for as long as they may with Culvert's own engine.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = new CancellationTokenSource();
        var keeping = Task.WhenAll(_keepers.Select(keeper => keeper.KeepAsync(ending.Token)));
        try
        {
            await FollowAsync(stopping);
            await DrainAsync();
        }
        finally
        {
            await ending.CancelAsync();
            await keeping;
        }
    }

    /// <summary>Takes over users and ports. <see cref="IOException"/> of a password file leaves everything as it was.</summary>
    public void Reload(StackDefinition stack) => Apply(setup => setup with { Stack = stack });

    private async Task FollowAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (ReadTunnel() is var tunnel && tunnel != _setup.Tunnel)
            {
                Follow(tunnel);
            }

            await Task.Delay(Period, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A disk that is full, or a password file that is away, must not end what runs; the next look tries again.
    private void Follow(InterfaceAddress? tunnel)
    {
        try
        {
            Apply(setup => setup with { Tunnel = tunnel });
            _output.WriteLine(tunnel is { } own ? $"proxy: {Role.TunnelInterface} has the address {own.Address} now" : $"proxy: {Role.TunnelInterface} has no address now");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _output.WriteLine($"proxy: following {Role.TunnelInterface}'s address: {e.Message}");
        }
    }

    private void Apply(Func<PairSetup, PairSetup> change)
    {
        lock (_lock)
        {
            var next = change(_setup);
            PairFiles.Write(next, _folder);
            _setup = next;
            foreach (var keeper in _keepers)
            {
                keeper.Reload();
            }
        }
    }

    // Neither program has a way to take no new clients and keep the old ones: both go on until nobody is there, or time is up.
    private async Task DrainAsync()
    {
        var began = _time.GetTimestamp();
        var limit = new ProxyLimits().Drain;
        while (_time.GetElapsedTime(began) < limit && ClientSockets.Open(_setup.Socks.Port, _setup.Http.Port) > 0)
        {
            await Task.Delay(Period, _time, CancellationToken.None);
        }
    }

    private static InterfaceAddress? ReadTunnel()
    {
        foreach (var own in InterfaceAddresses.Read())
        {
            // The far end of a point-to-point link is listed, too, behind the near one.
            if (own.Interface == Role.TunnelInterface && own.Address.AddressFamily == AddressFamily.InterNetwork)
            {
                return own;
            }
        }

        return null;
    }

    private ProgramKeeper Keeper(PairProgram program, RunDirectory run) => new(program, run.Path, _folder, _output, _time);
}
