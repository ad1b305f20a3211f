using System.Collections.Concurrent;
using System.Net;

namespace Culvert.Proxy.Accounting;

/// <summary>
/// Sentences for whoever runs the proxy, on stderr. Nothing a client sent is in them, and each kind appears once in ten
/// seconds, so that a client cannot fill a disk.
/// </summary>
internal sealed class Notices(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, long> _lastSaid = [];

    public void Socks4Refused(IPAddress client) =>
        Say("socks4", $"refused SOCKS4 from {client}: it cannot carry names or users; set the client to socks5h://");

    public void UnknownProtocol(IPAddress client) =>
        Say("protocol", $"closed a connection from {client}: its first byte is neither SOCKS5 nor HTTP; check the client's proxy address");

    public void Full(int connections) =>
        Say("full", $"refused a connection: {connections} are open, which is the limit; raise the limit of open files or look for a client that leaks connections");

    public void ClientFull(IPAddress client) =>
        Say("client-full", $"refused a connection from {client}: it holds its whole share of connections; look for a leak there");

    public void OutOfDescriptors(string error) =>
        Say("descriptors", $"accepting a connection failed ({error}); going on in a moment; raise the limit of open files");

    public void Fault(Exception fault) =>
        Say("fault", $"a connection ended by a fault in the proxy: {fault.GetType().Name}; please report it");

    public void Draining(int connections, TimeSpan bound) =>
        Say("drain", $"stopping: {connections} connections may end by themselves within {bound.TotalSeconds:0} s");

    private void Say(string kind, string sentence)
    {
        var now = time.GetTimestamp();
        if (_lastSaid.TryGetValue(kind, out var last) && time.GetElapsedTime(last, now) < Interval)
        {
            return;
        }

        _lastSaid[kind] = now;
        output.WriteLine($"proxy: {sentence}");
    }
}
