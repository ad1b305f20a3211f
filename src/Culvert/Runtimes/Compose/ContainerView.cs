using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// A running container as it is seen from the host: its first process, its networks (name → address), its volumes and whatever it writes
/// on the host (path inside → on the host), what it publishes, and where the engine keeps its log (null when another log driver has it).
/// </summary>
internal sealed record ContainerView(
    string Service,
    string Name,
    int Pid,
    string? EngineFolder,
    IReadOnlyDictionary<string, string> Networks,
    IReadOnlyDictionary<string, string> Volumes,
    IReadOnlyDictionary<string, string> Written,
    IReadOnlyList<ContainerPort> Ports)
{
    /// <summary>The container's own files, from the host: <c>/proc/PID/root</c> followed by the path inside.</summary>
    public string Inside(string path) => $"/proc/{Pid}/root{path}";

    /// <summary>Those that run, of the output of <c>docker inspect</c>.</summary>
    public static IReadOnlyList<ContainerView> Parse(string json) =>
        [.. JsonSerializer.Deserialize(json, ContainerJson.Default.ListContainerEntry)!.Where(entry => entry.State.Pid > 0).Select(Of)];

    private static ContainerView Of(ContainerEntry entry) => new(
        entry.Config.Labels?.GetValueOrDefault("com.docker.compose.service") ?? entry.Name.TrimStart('/'),
        entry.Name.TrimStart('/'),
        entry.State.Pid,
        string.IsNullOrEmpty(entry.LogPath) ? null : Path.GetDirectoryName(entry.LogPath),
        (entry.NetworkSettings.Networks ?? []).ToDictionary(network => network.Key, network => network.Value.IPAddress ?? ""),
        (entry.Mounts ?? []).Where(mount => mount.Type == "volume").ToDictionary(mount => mount.Destination, mount => mount.Source ?? ""),
        (entry.Mounts ?? []).Where(mount => mount is { RW: true, Source.Length: > 0 }).ToDictionary(mount => mount.Destination, mount => mount.Source!),
        [.. PortsIn(entry.NetworkSettings.Ports).Concat(PortsIn(entry.HostConfig.PortBindings)).Distinct()]);

    // "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]; null for a port that is exposed and not published.
    private static IEnumerable<ContainerPort> PortsIn(Dictionary<string, List<PortBinding>?>? ports) =>
        from port in ports ?? []
        from binding in port.Value ?? []
        select new ContainerPort(
            int.Parse(port.Key.Split('/')[0], CultureInfo.InvariantCulture),
            $"{(string.IsNullOrEmpty(binding.HostIp) ? "0.0.0.0" : binding.HostIp)}:{binding.HostPort}");
}

/// <summary>A port of a container, and where the host answers for it.</summary>
internal sealed record ContainerPort(int Port, string At);

internal sealed record ContainerEntry(
    string Name, string? LogPath, ContainerState State, ContainerHost HostConfig, InspectedConfig Config, List<ContainerMount>? Mounts, ContainerNetworks NetworkSettings);

internal sealed record ContainerState(int Pid);

internal sealed record ContainerHost(Dictionary<string, List<PortBinding>?>? PortBindings);

internal sealed record ContainerMount(string Type, string? Source, string Destination, bool RW);

internal sealed record ContainerNetworks(Dictionary<string, ContainerNetwork>? Networks, Dictionary<string, List<PortBinding>?>? Ports);

internal sealed record ContainerNetwork(string? IPAddress);

internal sealed record PortBinding(string? HostIp, string? HostPort);

[JsonSerializable(typeof(List<ContainerEntry>))]
internal sealed partial class ContainerJson : JsonSerializerContext;
