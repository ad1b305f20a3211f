using System.ComponentModel;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Runtimes;
using Culvert.Runtimes.Compose;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Spectre.Console;

namespace Culvert.Commands;

/// <summary>One command on a stack that Compose runs: does it, and tells how it came out.</summary>
internal sealed class ComposeSession(StackDefinition stack, string configuration, bool json)
{
    private readonly ComposeFolder folder = ComposeFolder.Of(configuration);

    private ComposeStack Compose => new(stack, folder);

    public Task<int> UpAsync(PlanInput input, UpOptions options, CancellationToken cancellationToken) =>
        GuardedAsync("Bringing {0} up", async () =>
        {
            await KeepHostAsync(cancellationToken);
            var inputs = AppliedInputs.Of(input);
            var changes = ComposeChanges.Of(inputs.ChangesSince(folder.Applied()));
            if (!options.AtOnce && changes.Parts.Contains(PartReport.Tunnel))
            {
                // Before anything is written: who is interrupted here has changed nothing.
                await new StreamDrain(Compose.TunnelTrafficAsync, TimeProvider.System, Say).WaitAsync(cancellationToken);
            }

            folder.Write(stack, input.ConfigurationText, input.Secrets);
            return await TellAsync(await Compose.UpAsync(changes, () => folder.Keep(inputs), options.Timeout, Say, cancellationToken), cancellationToken);
        }, cancellationToken);

    public Task<int> RestartAsync(string? service, TimeSpan timeout, CancellationToken cancellationToken) =>
        GuardedAsync("Restarting {0}", async () => await TellAsync(await Compose.RestartAsync(service, timeout, cancellationToken), cancellationToken), cancellationToken);

    public Task<int> DownAsync(CancellationToken cancellationToken) => GuardedAsync("Taking {0} down", async () =>
    {
        if (await Compose.DownAsync(cancellationToken) != 0)
        {
            Console.Error.WriteLine($"Taking {stack.Name} down: docker compose failed; what it said stands above.");
            return ExitCode.DoesNotHold;
        }

        folder.ForgetHost();
        folder.ForgetSecrets();
        Console.WriteLine($"{stack.Name} is down.");
        return ExitCode.Holds;
    }, cancellationToken);

    public Task<int> LogsAsync(string? service, bool follow, CancellationToken cancellationToken) =>
        GuardedAsync("Reading the logs of {0}", async () => await Compose.LogsAsync(service, follow, cancellationToken) == 0 ? ExitCode.Holds : ExitCode.DoesNotHold, cancellationToken);

    /// <summary>Becomes <c>docker exec</c> in dev, at the caller's own terminal where there is one; returns only where that cannot be.</summary>
    public Task<int> RunInDevAsync(IReadOnlyList<string> line, CancellationToken cancellationToken) => GuardedAsync("Running a command in {0}", async () =>
    {
        var status = await Compose.ObserveAsync(cancellationToken);
        if (status.Parts.FirstOrDefault(part => part.Service == PartReport.Dev) is not { Running: true } dev || status.Stranded.Contains(dev))
        {
            Console.Error.WriteLine($"{stack.Name} has no dev that runs and has its network, so there is nothing to run the command in; see `culvert status`, and COMPOSE_PROFILES=dev in .env.");
            return ExitCode.DoesNotHold;
        }

        return Become(dev.Name, line);
    }, cancellationToken);

    /// <summary>As <see cref="RunInDevAsync"/> in the one application that is on vpn-net; where there are more, a person has to say which.</summary>
    public Task<int> RunInApplicationAsync(IReadOnlyList<string> line, CancellationToken cancellationToken) => GuardedAsync("Running a command in an application of {0}", async () =>
    {
        var engine = new ComposeEvidence(stack, folder);
        var owner = (await engine.PartsAsync(cancellationToken)).FirstOrDefault(part => part.Service == PartReport.Owner);
        var applications = owner is null ? [] : await engine.ApplicationsAsync(owner, cancellationToken);
        if (applications is [var only])
        {
            return Become(only.Name, line);
        }

        Console.Error.WriteLine(applications.Count == 0
            ? $"{stack.Name} has no application that runs on vpn-net, so there is nothing to run the command in; see `culvert status`, and COMPOSE_PROFILES=apps in .env."
            : $"{string.Join(", ", applications.Select(application => application.Name))} are on vpn-net; say in which one, with `docker exec {applications[0].Name} …`.");
        return applications.Count == 0 ? ExitCode.DoesNotHold : ExitCode.WrongUse;
    }, cancellationToken);

    public Task<int> StatusAsync(CancellationToken cancellationToken) => GuardedAsync("Looking at {0}", async () =>
    {
        var status = await Compose.ObserveWithCallsAsync(cancellationToken);
        Print(status);
        return status.Holds ? ExitCode.Holds : ExitCode.DoesNotHold;
    }, cancellationToken);

    private void Say(string sentence) => Console.Error.WriteLine($"{stack.Name}: {sentence}.");

    /// <summary>Returns only where it cannot be.</summary>
    private static int Become(string container, IReadOnlyList<string> line)
    {
        try
        {
            ProcessImage.Replace("docker", ["exec", "--interactive", .. Terminal.IsInteractive ? ["--tty"] : Array.Empty<string>(), container, .. line]);
        }
        catch (Win32Exception e)
        {
            Console.Error.WriteLine($"Running {line[0]} in {container} by docker exec: {e.Message}.");
        }

        return ExitCode.DoesNotHold;
    }

    /// <summary>Only where nothing of the stack is there yet: a later look is none from before. Without root, verify has nothing to compare with.</summary>
    private async Task KeepHostAsync(CancellationToken cancellationToken)
    {
        if ((await Compose.ObserveAsync(cancellationToken)).Parts.Count > 0)
        {
            return;
        }

        try
        {
            folder.ForgetHost();
            folder.Keep(await HostSnapshot.CaptureAsync(cancellationToken));
        }
        catch (SubprocessFailedException e)
        {
            Console.Error.WriteLine($"The host's network could not be noted down, so `culvert verify` cannot tell later whether it changed: {e.Message}; run `culvert up` with sudo, with nftables installed.");
        }
    }

    private async Task<int> GuardedAsync(string doing, Func<Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            if (await Compose.MissingAsync(cancellationToken) is not { Count: > 0 } missing)
            {
                return await action();
            }

            Console.Error.WriteLine($"{string.Format(null, doing, stack.Name)}: {string.Join("; ", missing)}.");
            return ExitCode.WrongUse;
        }
        catch (Exception e) when (e is SubprocessFailedException or BringupFailedException or IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine($"{string.Format(null, doing, stack.Name)}: {e.Message}.");
            return ExitCode.DoesNotHold;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"{string.Format(null, doing, stack.Name)} was interrupted; `culvert status` tells what stands, `culvert down` takes it away.");
            return ExitCode.DoesNotHold;
        }
    }

    private async Task<int> TellAsync(ComposeStatus status, CancellationToken cancellationToken)
    {
        Print(status);
        if (status.Holds)
        {
            return ExitCode.Holds;
        }

        if (status.Parts.FirstOrDefault(part => part is not { Running: true, Health: null or "healthy" }) is { } culprit)
        {
            Console.Error.WriteLine($"{culprit.Name} said last:");
            Console.Error.WriteLine(string.Join('\n', (await Compose.LastWordsAsync(culprit, cancellationToken)).Split('\n').Select(line => $"    {line}")));
        }

        return ExitCode.DoesNotHold;
    }

    private void Print(ComposeStatus status)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(status, ComposeStatusJson.Default.ComposeStatus));
            return;
        }

        if (status.Parts.Count > 0)
        {
            var table = new Table { Border = Terminal.OutputTakesColour ? TableBorder.Rounded : TableBorder.None };
            table.AddColumns("part", "state", "health", "since", "restarts");
            foreach (var part in status.Parts)
            {
                var since = part.Since is { } start ? StatusLines.Ago(DateTimeOffset.UtcNow - start) : "–";
                table.AddRow([.. new[] { part.Service, part.State, part.Health ?? "–", since, $"{part.Restarts}" }.Select(Markup.Escape)]);
            }

            AnsiConsole.Write(table);
        }

        CallsPrinter.Print(status.Calls);
        foreach (var problem in status.Problems)
        {
            Console.WriteLine($"problem: {problem}");
        }

        if (status.Holds)
        {
            Console.WriteLine("All is as it should be.");
        }
    }
}
