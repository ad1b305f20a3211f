using System.Net;
using System.Text.Json;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>What a load tried, and how much of it the kernel refused at once.</summary>
public readonly record struct LoadResult(long Tried, long Refused);

/// <summary>Constant UDP, DNS and TCP to places where a leak would be seen (<c>lab/probes/load.py</c>).</summary>
public sealed class Load : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private readonly LabProcess process;

    private Load(LabProcess process) => this.process = process;

    /// <summary>A provider, the ISP's resolver, a public one, and a provider over IPv6.</summary>
    public static IReadOnlyList<IPAddress> Everywhere { get; } =
    [
        LabAddresses.Providers[0].Address,
        LabAddresses.IspResolver,
        LabAddresses.PublicResolvers[0],
        LabAddresses.Providers.First(provider => provider.AddressV6 is not null).AddressV6!,
    ];

    /// <summary>The command line of a load, to be run in a place or handed to <c>culvert run</c>.</summary>
    public static IReadOnlyList<string> Command(IEnumerable<IPAddress> targets, string? device) =>
    [
        RepositoryFiles.Python, RepositoryFiles.Probe("load.py"),
        .. device is null ? Array.Empty<string>() : ["--device", device],
        .. targets.Select(target => target.ToString()),
    ];

    /// <summary>Starts it through <paramref name="wrapper"/> (<c>culvert run --</c>, or nothing) and waits until it is loading.</summary>
    public static async Task<Load> StartAsync(
        LabPlace place,
        IReadOnlyList<string> wrapper,
        IEnumerable<IPAddress> targets,
        string? device,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<string> line = [.. wrapper, .. Command(targets, device)];
        var options = new LabCommandOptions { WorkingDirectory = wrapper.Count > 0 ? StackInput.Folder : null };
        var process = await place.StartAsync(line[0], [.. line.Skip(1)], options, cancellationToken);
        await process.WaitForLineAsync(said => said == "loading", Deadline, cancellationToken);
        return new Load(process);
    }

    /// <summary>Ends it and tells what it did; throws when it had died before.</summary>
    public async Task<LoadResult> StopAsync(CancellationToken cancellationToken)
    {
        await process.WriteAsync("", close: true, cancellationToken);
        var result = await process.WaitAsync(Deadline, cancellationToken);
        if (!result.Succeeded)
        {
            throw new LabCommandFailedException(result);
        }

        using var json = JsonDocument.Parse(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return new LoadResult(json.RootElement.GetProperty("tried").GetInt64(), json.RootElement.GetProperty("refused").GetInt64());
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
