using System.Globalization;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// Brings a stack under Compose to what its configuration says, from wherever it is now. An owner that stands stays, and dev with it: what changed is
/// brought into its namespace (docs/adr/0006).
/// </summary>
internal sealed class ComposeBringup(ComposeStack stack, DockerCli docker, TimeSpan timeout, Action<string> say)
{
    private static readonly string[] Compose = ["compose", "--profile", "*"];

    /// <summary>hold's own steps have deadlines of 15 s; the engine takes a second or two around it.</summary>
    private static readonly TimeSpan GuardDeadline = TimeSpan.FromMinutes(1);

    private readonly TimeSpan deadline = timeout + TimeSpan.FromMinutes(10);
    private readonly string[] wait = ["--wait", "--wait-timeout", $"{(int)timeout.TotalSeconds}"];

    /// <summary>
    /// The owner first, then the guard, then whatever is attached to an owner that is gone or was started with something else, made anew, then the
    /// rest; waits until all is healthy. The same again when nothing changed. Returns what stands then. Throws
    /// <see cref="BringupFailedException"/> where the changed guard could not be loaded.
    /// </summary>
    /// <param name="changes">Since what stands was started.</param>
    /// <param name="applied">Called when nothing that stands was started with anything else.</param>
    /// <param name="cancellationToken">What was begun in the engine goes on there; the next call does the rest.</param>
    public async Task<ComposeStatus> RunAsync(ComposeChanges changes, Action applied, CancellationToken cancellationToken)
    {
        var before = await stack.ObserveAsync(cancellationToken);
        await RemoveInterruptedAsync(before, cancellationToken);
        var stays = changes.IsNone || before.Parts.Count == 0 || (before.Owner is { IsSound: true } && !changes.Networks && await MayLoadAsync(changes, cancellationToken));
        string[] anew = stays ? [] : ["--force-recreate"];
        if (await docker.AttachedAsync(["compose", "up", "--detach", .. anew, .. wait, PartReport.Owner], cancellationToken, deadline) != 0)
        {
            return await stack.ObserveAsync(cancellationToken);
        }

        // Compose makes the owner anew where compose.yaml or the image changed; it has read everything then.
        var now = await stack.ObserveAsync(cancellationToken);
        var isSame = before.Owner is { } owner && owner.Since == now.Owner?.Since;
        if (isSame && changes.Guard)
        {
            await LoadGuardAsync(cancellationToken);
        }

        string[] parts = [.. before.Parts.Select(part => part.Service).Where(changes.Parts.Contains).Union(now.Stranded.Select(part => part.Service))];
        // Not with --no-deps: what that makes has another digest in Compose's eyes, which would make it anew once more, and an application with it.
        if (parts.Length > 0 && await docker.AttachedAsync([.. Compose, "up", "--detach", "--force-recreate", .. parts], cancellationToken, deadline) != 0)
        {
            return await stack.ObserveAsync(cancellationToken);
        }

        applied();
        await docker.AttachedAsync(["compose", "up", "--detach", .. wait], cancellationToken, deadline);
        if (changes.Dev && isSame && now.Parts.Any(part => part.Service == PartReport.Dev) && !parts.Contains(PartReport.Dev))
        {
            say("dev stays as it is, and its Kilo has the providers that it began with; `culvert restart dev` gives it the changed ones, and an empty home");
        }

        return await stack.ObserveAsync(cancellationToken);
    }

    /// <summary>A compose.yaml is a person's, and may be from a version that made the owner anew.</summary>
    private async Task<bool> MayLoadAsync(ComposeChanges changes, CancellationToken cancellationToken)
    {
        if (!changes.Guard || (await docker.AskAsync([.. Compose, "config", "--services"], cancellationToken)).Split('\n').Contains(PartReport.Guard))
        {
            return true;
        }

        say($"compose.yaml has no {PartReport.Guard}, so {PartReport.Owner} is made anew, and dev with it; take that service from a new one (`culvert init --runtime compose` in another folder), and both stay the next time");
        return false;
    }

    /// <summary>Detached, because of a container that ends at once `docker compose run` may lose the last words, which say why.</summary>
    private async Task LoadGuardAsync(CancellationToken cancellationToken)
    {
        var made = await docker.TryAsync(["compose", "--progress", "quiet", "run", "--detach", "--no-deps", "--no-TTY", PartReport.Guard], cancellationToken, GuardDeadline);
        if (!made.Succeeded)
        {
            throw NotLoaded(made);
        }

        var name = made.Output.Trim();
        var end = await docker.TryAsync(["wait", name], cancellationToken, GuardDeadline);
        var said = await docker.TryAsync(["logs", name], cancellationToken);
        await docker.AskAsync(["rm", "--force", name], cancellationToken);
        if (!end.Succeeded)
        {
            throw NotLoaded(end);
        }

        var code = int.Parse(end.Output, CultureInfo.InvariantCulture);
        if (code != 0)
        {
            throw NotLoaded(said with { CommandLine = PartReport.Guard, ExitCode = code });
        }

        say($"the guard changed and was loaded into the namespace that stands; {PartReport.Owner} and dev stay");
    }

    private static BringupFailedException NotLoaded(SubprocessResult why) =>
        new($"loading the changed guard into the namespace failed, and it stays closed: {why.Describe()}; mend that and run `culvert up` again");

    /// <summary>It was made and never started, or ended when nobody waited for it any more.</summary>
    private async Task RemoveInterruptedAsync(ComposeStatus status, CancellationToken cancellationToken)
    {
        foreach (var left in status.Parts.Where(part => part is { Service: PartReport.Guard, Running: false }))
        {
            await docker.AskAsync(["rm", "--force", left.Name], cancellationToken);
        }
    }
}
