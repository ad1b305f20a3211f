using Culvert.Lab.Dns;
using Culvert.Lab.Providers;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>What was heard in clear on the ISP's resolver and on the public ones.</summary>
public sealed class Eavesdropper
{
    private const string File = "/run/lab/heard.jsonl";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private readonly LabPlace place;
    private readonly JsonLines<HeardQuery> heard;
    private LabProcess? server;

    internal Eavesdropper(LabPlace place)
    {
        this.place = place;
        heard = new JsonLines<HeardQuery>(place.PathOf(File));
    }

    /// <summary>Every query so far, in order.</summary>
    public IReadOnlyList<HeardQuery> Heard => heard.ReadAll();

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var command = LabSandbox.Self("eavesdropper", File);
        server = await place.StartAsync(command[0], [.. command.Skip(1)], LabCommandOptions.None, cancellationToken);
        await server.WaitForLineAsync(line => line == EavesdropperProgram.Ready, StartDeadline, cancellationToken);
    }
}
