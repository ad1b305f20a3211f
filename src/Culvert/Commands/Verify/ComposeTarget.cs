using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Stack;
using Culvert.Verification;

namespace Culvert.Commands.Verify;

/// <summary>
/// Where a stack under Compose is looked at: the networks of its containers' first processes, the volume <c>run</c> on the host, the
/// private directories of the roles through /proc, and what the engine wrote down.
/// </summary>
internal static class ComposeTarget
{
    private const string RunInside = "/run/culvert";

    /// <summary>Null when the owner of the namespace does not run, or has not reported.</summary>
    public static async Task<VerifyTarget?> FindAsync(StackDefinition stack, ComposeFolder folder, CancellationToken cancellationToken)
    {
        var engine = new ComposeEvidence(stack, folder);
        var parts = await engine.PartsAsync(cancellationToken);
        if (parts.FirstOrDefault(part => part.Service == PartReport.Owner) is not { } owner
            || owner.Volumes.GetValueOrDefault(RunInside) is not { } run
            || ReportFile.ReadNamespace(new RunDirectory(run).NamespaceReport) is not { } report)
        {
            return null;
        }

        if (!File.Exists($"/proc/{owner.Pid}/ns/net"))
        {
            throw new IOException($"the process {owner.Pid} of the container {owner.Name} is not on this machine; run verify where the engine runs");
        }

        // Each role's own directory is memory of its container, which the volume does not show.
        // The host's files know no `vpn`, so an application's place calls the proxies by address.
        IReadOnlyList<ApplicationPlace> applications = report.VpnNet is null ? [] : [.. (await engine.ApplicationsAsync(owner, cancellationToken)).Select(PlaceOf)];
        var tunnel = parts.FirstOrDefault(part => part.Service == "vpn-tunnel");
        return new VerifyTarget(stack, report, Expectations.OfGuard(stack, report), Expectations.ProxyUser(stack))
        {
            Dev = Standpoint.NetworkOf(owner.Pid, "the network of the container vpn"),
            App = applications is [var app, ..] ? new ProxyClient("app", app.At, report.VpnNet!.Address) : null,
            Applications = applications,
            TunnelReport = new RunDirectory(tunnel?.Inside(RunInside) ?? run).TunnelReport,
            HostBefore = folder.HostBefore,
            Logs = LogsOf(engine, parts, run),
            DevIsSealed = true,
            DevMounts = [.. parts.Where(part => part.Service == PartReport.Dev).SelectMany(part => part.Written).Select(mount => new DevMount(mount.Value, mount.Key))],
            Published = [.. parts.SelectMany(part => part.Ports.Select(port => new PublishedPort(part.Name, port.Port, port.At)))],
        };
    }

    private static ApplicationPlace PlaceOf(ContainerView application) =>
        new(application.Name, Standpoint.NetworkOf(application.Pid, $"the network of the container {application.Name}"));

    private static LogSources LogsOf(ComposeEvidence engine, IReadOnlyList<ContainerView> parts, string run)
    {
        var proxy = parts.FirstOrDefault(part => part.Service == "vpn-proxy")?.Name;
        string[] Private(string service, params string[] paths) =>
            parts.FirstOrDefault(part => part.Service == service) is { } part ? [.. paths.Select(part.Inside)] : [];

        return new LogSources(
            run,
            [
                .. Private("vpn-tunnel", $"{RunInside}/tunnel", "/tmp"),
                .. Private("vpn-resolver", $"{RunInside}/resolver"),
                .. Private("vpn-proxy", $"{RunInside}/proxy"),
                .. parts.Select(part => part.EngineFolder).OfType<string>(),
            ],
            ["docker logs (since the first call) and docker inspect of every part"],
            async (since, cancellationToken) =>
                [.. (await engine.TextsAsync(since, cancellationToken)).Select(text => new LogText(text.Place, text.Text, text.Place == $"docker logs {proxy}"))]);
    }
}
