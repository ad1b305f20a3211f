using System.Globalization;
using System.Net;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>What <c>culvert verify</c> and <c>run</c> ask the engine about a stack: its running parts, its neighbours on vpn-net, and all that was written down of it.</summary>
internal sealed class ComposeEvidence(StackDefinition stack, ComposeFolder folder)
{
    private static readonly string[] Compose = ["compose", "--profile", "*"];
    private readonly DockerCli docker = new(folder.Path, ComposeFolder.Variables(stack));

    /// <summary>The parts that run.</summary>
    public async Task<IReadOnlyList<ContainerView>> PartsAsync(CancellationToken cancellationToken) =>
        await ViewAsync([.. Compose, "ps", "--quiet"], cancellationToken);

    /// <summary>Running containers on vpn-net but its owner, of whatever project, by name: applications have their own.</summary>
    public async Task<IReadOnlyList<ContainerView>> ApplicationsAsync(ContainerView owner, CancellationToken cancellationToken)
    {
        bool IsOnVpnNet(string address) => IPAddress.TryParse(address, out var parsed) && stack.Network.VpnNet.Contains(parsed);
        if (owner.Networks.FirstOrDefault(network => IsOnVpnNet(network.Value)).Key is not { } vpnNet)
        {
            return [];
        }

        var containers = await ViewAsync(["ps", "--quiet", "--no-trunc", "--filter", $"network={vpnNet}"], cancellationToken);
        return
        [
            .. containers.Where(container => container.Pid != owner.Pid && IsOnVpnNet(container.Networks.GetValueOrDefault(vpnNet, "")))
                .OrderBy(container => container.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>What the engine tells about the parts, by place: their logs since a point in time, and everything that <c>docker inspect</c> prints.</summary>
    public async Task<IReadOnlyList<(string Place, string Text)>> TextsAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var ids = await IdsAsync([.. Compose, "ps", "--all", "--quiet"], cancellationToken);
        var from = since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var texts = new List<(string, string)>();
        foreach (var id in ids)
        {
            var name = (await docker.AskAsync(["inspect", "--format", "{{.Name}}", id], cancellationToken)).Trim().TrimStart('/');
            texts.Add(($"docker inspect {name}", await docker.AskAsync(["inspect", id], cancellationToken)));
            // What a part wrote to stderr comes on stderr, and failing to read it would look like silence.
            var log = await docker.TryAsync(["logs", "--since", from, id], cancellationToken);
            texts.Add(($"docker logs {name}", log.Succeeded ? log.Output + log.Error : throw new SubprocessFailedException(log)));
        }

        return texts;
    }

    private async Task<IReadOnlyList<ContainerView>> ViewAsync(IReadOnlyList<string> listing, CancellationToken cancellationToken)
    {
        var ids = await IdsAsync(listing, cancellationToken);
        return ids.Length == 0 ? [] : ContainerView.Parse(await docker.AskAsync(["inspect", "--type", "container", .. ids], cancellationToken));
    }

    private async Task<string[]> IdsAsync(IReadOnlyList<string> listing, CancellationToken cancellationToken) =>
        (await docker.AskAsync(listing, cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
