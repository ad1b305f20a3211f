using Culvert.Lab.Certificates;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>A real unbound that answers the lab's names over TLS, and nothing else.</summary>
public sealed class DotResolver
{
    private const string Folder = "/run/lab/dot";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private readonly LabPlace place;
    private readonly List<string> added = [];
    private LabProcess? server;

    internal DotResolver(LabPlace place, LabAuthority authority)
    {
        this.place = place;
        var certificate = authority.Server(LabAddresses.DotResolverName);
        Directory.CreateDirectory(place.PathOf(Folder));
        File.WriteAllText(place.PathOf($"{Folder}/server.pem"), certificate.CertificatePem);
        File.WriteAllText(place.PathOf($"{Folder}/server.key"), certificate.KeyPem);
        File.WriteAllText(place.PathOf($"{Folder}/unbound.conf"), Configuration([]));
    }

    /// <summary>Each query it was asked since it was started last, as <c>ADDRESS NAME. TYPE CLASS</c>.</summary>
    public IReadOnlyList<string> Queries =>
    [
        .. $"{server?.Error}".Split('\n')
            .Select(line => (line, at: line.IndexOf("info: ", StringComparison.Ordinal)))
            .Where(found => found.at >= 0 && found.line.EndsWith(" IN", StringComparison.Ordinal))
            .Select(found => found.line[(found.at + "info: ".Length)..]),
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        server = await place.StartAsync("unbound", ["-d", "-p", "-c", $"{Folder}/unbound.conf"], LabCommandOptions.None, cancellationToken);
        await server.WaitForLineAsync(line => line.Contains("start of service", StringComparison.Ordinal), StartDeadline, cancellationToken);
    }

    /// <summary>A name of one's own, known from the next start on.</summary>
    public void Add(string name, string address)
    {
        added.Add($"  local-data: \"{name}. 60 IN A {address}\"");
        File.WriteAllText(place.PathOf($"{Folder}/unbound.conf"), Configuration(added));
    }

    public async Task StopAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
            server = null;
        }
    }

    private static string Configuration(IEnumerable<string> more)
    {
        var records = LabAddresses.Providers.SelectMany(provider => new[]
        {
            $"  local-data: \"{provider.Host}. 60 IN A {provider.Address}\"",
            provider.AddressV6 is null ? null : $"  local-data: \"{provider.Host}. 60 IN AAAA {provider.AddressV6}\"",
        }).OfType<string>();
        return $"""
            server:
              interface: {LabAddresses.DotResolver}@853
              interface: {LabAddresses.DotResolver}@443
              tls-service-pem: {Folder}/server.pem
              tls-service-key: {Folder}/server.key
              access-control: 0.0.0.0/0 allow
              module-config: "iterator"
              directory: {Folder}
              username: ""
              chroot: ""
              pidfile: ""
              use-syslog: no
              verbosity: 1
              log-queries: yes
              local-zone: "." static
            {string.Join('\n', records.Concat(more))}
              local-data: "{LabAddresses.DotResolverName}. 60 IN A {LabAddresses.DotResolver}"

            """;
    }
}
