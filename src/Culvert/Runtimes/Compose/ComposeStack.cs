using System.Text.Json;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>A stack that Docker Compose runs: what <c>culvert up</c>, <c>down</c>, <c>status</c>, <c>logs</c> and <c>restart</c> do to it.</summary>
internal sealed class ComposeStack(StackDefinition stack, ComposeFolder folder)
{
    private static readonly string[] Compose = ["compose", "--profile", "*"];
    private readonly DockerCli docker = new(folder.Path, ComposeFolder.Variables(stack));

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

    /// <summary>
    /// The owner first, then whatever is attached to an owner that is gone, made anew, then the rest; waits until all is
    /// healthy. The same again when nothing changed. Returns what stands then.
    /// </summary>
    public async Task<ComposeStatus> UpAsync(bool changed, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string[] anew = changed && (await ObserveAsync(cancellationToken)).Parts.Count > 0 ? ["--force-recreate"] : [];
        string[] wait = ["--wait", "--wait-timeout", $"{(int)timeout.TotalSeconds}"];
        var deadline = timeout + TimeSpan.FromMinutes(10);
        var code = await docker.AttachedAsync(["compose", "up", "--detach", .. anew, .. wait, PartReport.Owner], cancellationToken, deadline);
        if (code == 0)
        {
            var stranded = (await ObserveAsync(cancellationToken)).Stranded;
            if (stranded.Count > 0)
            {
                await docker.AttachedAsync(
                    [.. Compose, "up", "--detach", "--no-deps", "--force-recreate", .. stranded.Select(part => part.Service)], cancellationToken, deadline);
            }

            await docker.AttachedAsync(["compose", "up", "--detach", .. wait], cancellationToken, deadline);
        }

        return await ObserveAsync(cancellationToken);
    }

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

        return await UpAsync(changed: false, timeout, cancellationToken);
    }

    public Task<int> LogsAsync(string? service, bool follow, CancellationToken cancellationToken) => docker.AttachedAsync(
        [.. Compose, "logs", "--tail", "100", .. follow ? ["--follow"] : Array.Empty<string>(), .. service is null ? [] : new[] { service }],
        cancellationToken,
        follow ? TimeSpan.FromDays(7) : null);

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
