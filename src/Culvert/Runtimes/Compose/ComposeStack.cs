using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>A stack that Docker Compose runs: what <c>culvert up</c>, <c>down</c>, <c>status</c>, <c>logs</c> and <c>restart</c> do to it.</summary>
internal sealed class ComposeStack(StackDefinition stack, ComposeFolder folder, DockerCli docker)
{
    private const string TellTraffic = "culvert health tunnel --run /run/culvert >/dev/null && cat /proc/net/dev /proc/net/snmp";
    private static readonly string[] Compose = ["compose", "--profile", "*"];

    public ComposeStack(StackDefinition stack, ComposeFolder folder)
        : this(stack, folder, new DockerCli(folder.Path, ComposeFolder.Variables(stack)))
    {
    }

    /// <summary>What is missing before anything is touched; empty when all is there.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(folder.ComposeFile))
        {
            return [$"{folder.ComposeFile} is not there; `culvert init --runtime compose` writes one"];
        }

        if (await docker.TryAsync(["version", "--format", "{{.Server.Version}}"], cancellationToken) is { Succeeded: false } engine)
        {
            return [$"asking the Docker engine for its version: {engine.Describe()}; is Docker installed, running, and open to you?"];
        }

        return await docker.TryAsync(["compose", "version", "--short"], cancellationToken) is { Succeeded: false } plugin
            ? [$"asking for Compose v2: {plugin.Describe()}; install the Docker Compose plugin"]
            : [];
    }

    /// <inheritdoc cref="ComposeBringup.RunAsync"/>
    public Task<ComposeStatus> UpAsync(ComposeChanges changes, Action applied, TimeSpan timeout, Action<string> say, CancellationToken cancellationToken) =>
        new ComposeBringup(this, docker, timeout, say).RunAsync(changes, applied, cancellationToken);

    /// <summary>Containers, networks and volumes of every profile. Returns docker's exit code.</summary>
    public Task<int> DownAsync(CancellationToken cancellationToken) =>
        docker.AttachedAsync([.. Compose, "down", "--volumes", "--remove-orphans"], cancellationToken);

    /// <summary>Restarts one part, or all of them in their order. Restarting the owner strands the rest, so they come with it.</summary>
    public async Task<ComposeStatus> RestartAsync(string? service, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string[] named = service is null ? [PartReport.Owner] : [service];
        if (await docker.AttachedAsync([.. Compose, "restart", "--no-deps", .. named], cancellationToken) != 0)
        {
            return await ObserveAsync(cancellationToken);
        }

        return await new ComposeBringup(this, docker, timeout, _ => { }).RunAsync(ComposeChanges.None, () => { }, cancellationToken);
    }

    public Task<int> LogsAsync(string? service, bool follow, CancellationToken cancellationToken) => docker.AttachedAsync(
        [.. Compose, "logs", "--tail", "100", .. follow ? ["--follow"] : Array.Empty<string>(), .. service is null ? [] : new[] { service }],
        cancellationToken,
        follow ? TimeSpan.FromDays(7) : null);

    /// <summary>What has come through the tunnel, as its own container tells. Null when no tunnel carries.</summary>
    public async Task<LinkTraffic?> TunnelTrafficAsync(CancellationToken cancellationToken)
    {
        var told = await docker.TryAsync(["compose", "exec", "--no-TTY", PartReport.Tunnel, "sh", "-c", TellTraffic], cancellationToken);
        return told.Succeeded ? LinkTraffic.Parse(told.Output.Split('\n'), Role.TunnelInterface) : null;
    }

    /// <summary>The end of a part's log, for messages.</summary>
    public async Task<string> LastWordsAsync(PartReport part, CancellationToken cancellationToken)
    {
        var log = await docker.TryAsync(["logs", "--tail", "5", part.Name], cancellationToken);
        return $"{log.Output}{log.Error}".Trim();
    }

    /// <summary>With what the proxy counted, which it tells inside its own container only.</summary>
    public async Task<ComposeStatus> ObserveWithCallsAsync(CancellationToken cancellationToken)
    {
        var status = await ObserveAsync(cancellationToken);
        if (status.Parts.FirstOrDefault(part => part is { Service: "vpn-proxy", Running: true }) is not { } proxy)
        {
            return status;
        }

        var told = await docker.TryAsync(["exec", proxy.Name, "culvert", "control", ControlRequest.Calls, "--run", "/run/culvert"], cancellationToken);
        return told.Succeeded ? status with { Calls = JsonSerializer.Deserialize(told.Output, ControlJson.Default.CallsReport) } : status;
    }

    public async Task<ComposeStatus> ObserveAsync(CancellationToken cancellationToken)
    {
        var expected = (await docker.AskAsync(["compose", "config", "--services"], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ids = (await docker.AskAsync([.. Compose, "ps", "--all", "--quiet"], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (ids.Length == 0)
        {
            return new ComposeStatus(stack.Name, expected, []);
        }

        var inspected = await docker.TryAsync(["inspect", "--type", "container", .. ids], cancellationToken);
        return inspected.Succeeded
            ? new ComposeStatus(stack.Name, expected, [.. PartReport.Parse(inspected.Output).OrderBy(part => part.Service, StringComparer.Ordinal)])
            : throw new SubprocessFailedException(inspected);
    }
}
