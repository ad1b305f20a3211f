using Culvert.Lab.Providers;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Run;

/// <summary>A call as its client and its provider saw it. <see cref="Record"/> is null when no provider ever heard of it.</summary>
public sealed record LlmCall(LlmClient Client, CallRoute Route, LabProvider Provider, LabCommandResult Result, CallRecord? Record)
{
    public string Text => Result.Output;

    /// <summary>The client got its whole stream, and the provider sent it.</summary>
    public bool Answered => Result.Succeeded && Record is { Completed: true, Status: 200, Stream: true };

    /// <summary>For people, when it was not answered.</summary>
    public string Detail => Record is null ? $"no provider heard of it; {Result.Describe()}" : $"seen from {Record.Peer}, status {Record.Status}; {Result.Describe()}";
}

/// <summary>Makes real LLM calls from the lab's host, each with a key of its own, by which the provider's record of it is found.</summary>
public sealed class CallMaker(LabInternet lab)
{
    private static readonly TimeSpan ClientDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RecordDeadline = TimeSpan.FromSeconds(3);

    public static string NewKey() => $"sk-lab-{Guid.NewGuid():n}";

    public async Task<LlmCall> CallAsync(LlmClient client, CallRoute route, LabProvider provider, CancellationToken cancellationToken)
    {
        var key = NewKey();
        var options = new LabCommandOptions
        {
            WorkingDirectory = StackInput.Folder,
            Environment = new Dictionary<string, string>
            {
                ["OPENAI_API_KEY"] = key,
                // Node brings its own list of authorities; this is how its users add their company's.
                ["NODE_EXTRA_CA_CERTS"] = "/etc/ssl/certs/ca-certificates.crt",
            },
        };
        var path = provider.Id == "openrouter" ? "/api/v1" : "/v1";
        IReadOnlyList<string> line =
        [
            .. route.Wrapper, .. client.Line, $"https://{provider.Host}{path}", "gpt-lab",
            .. route.Proxy is null ? Array.Empty<string>() : [route.Proxy],
        ];
        var result = await lab.Host.RunAsync(line[0], [.. line.Skip(1)], options, ClientDeadline, cancellationToken);
        var record = await lab.Providers.FindCallAsync(key, RecordDeadline, cancellationToken);
        return new LlmCall(client, route, provider, result, record);
    }
}
