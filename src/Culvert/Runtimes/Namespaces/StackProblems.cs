using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What is not as it should be, a sentence each, causes before their effects.</summary>
internal static class StackProblems
{
    public static IReadOnlyList<string> Of(StackStatus status) => status.Up || status.Processes.Count > 0
        ? [.. Processes(status), .. Parts(status)]
        : [$"{status.Name} is not up: run `culvert up`"];

    private static IEnumerable<string> Processes(StackStatus status) =>
        status.Processes.Where(process => !process.Running).Select(process => process.LastEnd is { } end
            ? $"{process.Name} is not running: {end}"
            : $"{process.Name} is not running");

    private static IEnumerable<string> Parts(StackStatus status)
    {
        if (status.Namespace is null)
        {
            yield return "hold has not said that the guard stands, so no other role starts";
        }

        if (status.Tunnel?.State != TunnelState.Connected)
        {
            yield return TunnelText.Sentence(status.Tunnel);
        }

        if (!status.Listening.Dns)
        {
            yield return "the resolver does not listen on port 53";
        }

        if (!status.Listening.Socks || !status.Listening.Http)
        {
            yield return $"the proxy does not listen on port {(status.Listening.Socks ? Role.HttpPort : Role.SocksPort)}";
        }
    }
}
