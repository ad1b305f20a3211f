using System.Net;
using System.Net.Sockets;
using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>
/// Sees whether anything out there answers through tun0: a TCP connection to port 443 of the DNS upstreams, by address, and
/// of the providers, by name. The first that accepts will do. A provider always does, so a refusal by all is an exit that resets
/// everything; without one it may be an upstream that has nothing there, and somebody out there said it. A local refusal is
/// not possible, because the guard closes only the DNS ports of tun0.
/// </summary>
internal sealed class DataPathProbe(string device, IReadOnlyList<EndPoint> targets, ProviderProbes providers, TimeProvider time)
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2.5);

    public static DataPathProbe Of(StackDefinition stack, TimeProvider time) => new(
        Role.TunnelInterface,
        [
            .. stack.Dns.Upstreams.Select(upstream => new IPEndPoint(upstream.Address, 443)),
            .. stack.Providers.Select(provider => new DnsEndPoint(provider.Probe.Url.Host, provider.Probe.Url.Port)),
        ],
        new ProviderProbes(Role.TunnelInterface, stack.Providers, time),
        time);

    /// <summary>What the providers say is waited for only when something answers at all.</summary>
    public async Task<TunnelEvent.Probed> RunAsync(int client, bool askProviders, CancellationToken cancellationToken)
    {
        if (!await AnyAnswersAsync(cancellationToken))
        {
            return new TunnelEvent.Probed(client, Answered: false, null, Asked: false);
        }

        if (!askProviders)
        {
            return new TunnelEvent.Probed(client, Answered: true, null, Asked: false);
        }

        var said = await providers.AskAsync(cancellationToken);
        return new TunnelEvent.Probed(client, Answered: true, said.Refusals, Asked: true) { Unanswered = !said.AreWhole };
    }

    /// <summary>Connects through a device, or not at all.</summary>
    public static async Task<Socket> ConnectAsync(string device, EndPoint target, CancellationToken cancellationToken)
    {
        if (target is DnsEndPoint named)
        {
            var addresses = await TunnelNames.ResolveAsync(named.Host, cancellationToken);
            target = addresses.Count > 0 ? new IPEndPoint(addresses[0], named.Port) : throw new SocketException((int)SocketError.HostNotFound);
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(SolSocket, SoBindToDevice, [.. System.Text.Encoding.ASCII.GetBytes(device), 0]);
            await socket.ConnectAsync(target, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<bool> AnyAnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var answers = targets.Select(target => AskAsync(target, either.Token)).ToList();
        var found = Answer.None;
        while (found != Answer.Accepts && answers.Count > 0)
        {
            var next = await Task.WhenAny(answers);
            answers.Remove(next);
            var answer = await next;
            found = answer > found ? answer : found;
        }

        await either.CancelAsync();
        await Task.WhenAll(answers);
        return found == Answer.Accepts || (found == Answer.Refuses && !targets.Any(IsProvider));
    }

    private static bool IsProvider(EndPoint target) => target is DnsEndPoint;

    private async Task<Answer> AskAsync(EndPoint target, CancellationToken cancellationToken)
    {
        try
        {
            (await ConnectAsync(device, target, cancellationToken)).Dispose();
            return Answer.Accepts;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused ? Answer.Refuses : Answer.None;
        }
        catch (OperationCanceledException)
        {
            return Answer.None;
        }
    }

    private enum Answer
    {
        None,
        Refuses,
        Accepts,
    }
}
