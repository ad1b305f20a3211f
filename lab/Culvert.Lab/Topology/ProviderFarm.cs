using System.Net;
using Culvert.Lab.Certificates;
using Culvert.Lab.Providers;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>The LLM providers: what they recorded, and which addresses they refuse to serve.</summary>
public sealed class ProviderFarm
{
    private const string Folder = "/run/lab/providers";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private readonly LabPlace place;
    private readonly ProviderFolder files;
    private readonly JsonLines<CallRecord> calls;
    private LabProcess? server;

    internal ProviderFarm(LabPlace place, LabAuthority authority)
    {
        this.place = place;
        files = new ProviderFolder(place.PathOf(Folder));
        calls = new JsonLines<CallRecord>(files.Calls);
        Directory.CreateDirectory(files.Path);
        foreach (var provider in LabAddresses.Providers)
        {
            var certificate = authority.Server(provider.Host);
            File.WriteAllText(files.CertificateOf(provider.Id), certificate.CertificatePem);
            File.WriteAllText(files.KeyOf(provider.Id), certificate.KeyPem);
        }
    }

    /// <summary>Every call answered so far, in the order in which they ended.</summary>
    public IReadOnlyList<CallRecord> Calls => calls.ReadAll();

    /// <summary>The call made with this key; null when the deadline passes without one. A record is written when its call ends.</summary>
    public async Task<CallRecord?> FindCallAsync(string key, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var hash = CallRecord.HashOf(key);
        var until = DateTimeOffset.UtcNow + deadline;
        while (true)
        {
            var found = Calls.FirstOrDefault(call => call.KeySha256 == hash);
            if (found is not null || DateTimeOffset.UtcNow >= until)
            {
                return found;
            }

            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    /// <summary>From now on these addresses stand in a region that is not served (403); an empty list serves everyone.</summary>
    public void BlockRegion(params IReadOnlyList<IPAddress> addresses) =>
        File.WriteAllLines(files.BlockedAddresses, addresses.Select(address => address.ToString()));

    /// <summary>The same of one provider; the others serve everyone.</summary>
    public void BlockRegionOf(string provider, params IReadOnlyList<IPAddress> addresses) =>
        File.WriteAllLines(files.BlockedAddresses, addresses.Select(address => $"{provider} {address}"));

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var command = LabSandbox.Self("provider", Folder);
        server = await place.StartAsync(command[0], [.. command.Skip(1)], LabCommandOptions.None, cancellationToken);
        await server.WaitForLineAsync(line => line == ProviderProgram.Ready, StartDeadline, cancellationToken);
    }
}
