using System.Net.Sockets;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes;

/// <summary>Asks the proxy role over its control socket, which only root and the role itself may open.</summary>
internal static class ProxyControl
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Null when the role does not run, or is not the caller's to ask.</summary>
    public static CallsReport? TryCalls(RunDirectory run)
    {
        try
        {
            return Ask(run, ControlRequest.Calls).Calls;
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The answer; <see cref="SocketException"/> when there is none, <see cref="JsonException"/> when it is not one.</summary>
    public static ControlAnswer Ask(RunDirectory run, string question)
    {
        var line = JsonSerializer.Serialize(new ControlRequest(question), ControlJson.Default.ControlRequest);
        var answer = UnixSocketLine.Ask(run.ControlOf(Role.Proxy), line, Deadline);
        return JsonSerializer.Deserialize(answer, ControlJson.Default.ControlAnswer) ?? throw new JsonException("the answer is null");
    }
}
