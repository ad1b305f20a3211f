using System.Text.Json;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;
using Spectre.Console;

namespace Culvert.Commands;

/// <summary>How <c>culvert up</c> was asked to go about it. <see cref="AtOnce"/>: a change of the tunnel waits for no stream.</summary>
internal sealed record UpOptions(bool Foreground, TimeSpan Timeout, bool AtOnce, bool Json);

/// <summary>One <c>culvert up</c>: bring up, wait, tell; take back when it is interrupted.</summary>
internal sealed class UpSession(PlanInput input, UpOptions options, TimeProvider time)
{
    private readonly Places places = new(input.Stack.Name);
    private readonly TextWriter talk = options.Json ? Console.Error : Console.Out;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var interruption = new Interruption(cancellationToken);
        // A mask of 077 would hide from the roles, which are other users, what hold and the supervisor write.
        FileCreationMask.LetOthersRead();
        var wasWhole = Bringup.IsWhole(places) && !options.Foreground;
        try
        {
            return await BringUpAsync(interruption.Token);
        }
        catch (OperationCanceledException) when (wasWhole && Bringup.IsWhole(places))
        {
            Console.Error.WriteLine($"Interrupted; {places.Name} stays up. What it has not taken on yet of its configuration, the next `culvert up` brings.");
            return ExitCode.DoesNotHold;
        }
        catch (OperationCanceledException)
        {
            talk.WriteLine($"Taking {places.Name} down …");
            return await TakeDownAsync(ended: options.Foreground);
        }
        catch (Exception e) when (e is StackBusyException or BringupFailedException)
        {
            Console.Error.WriteLine($"Bringing {places.Name} up: {e.Message}.");
            return ExitCode.DoesNotHold;
        }
        catch (Exception e) when (e is SubprocessFailedException or IOException or UnauthorizedAccessException or UnreachableProcessException or System.ComponentModel.Win32Exception)
        {
            return await FailAsync(e.Message, staysUp: wasWhole && Bringup.IsWhole(places));
        }
    }

    /// <summary>A stack that somebody works in is not taken away from them because a change of it failed.</summary>
    private async Task<int> FailAsync(string failure, bool staysUp)
    {
        Console.Error.WriteLine($"Bringing {places.Name} up: {failure}. {(staysUp ? "It stays up; mend that and run `culvert up` again" : "What had been done is taken back")}.");
        if (!staysUp)
        {
            await TakeDownAsync(ended: false);
        }

        return ExitCode.DoesNotHold;
    }

    private async Task<int> BringUpAsync(CancellationToken cancellationToken)
    {
        var result = await new Bringup(input, options.Foreground, options.AtOnce, time, talk.WriteLine).RunAsync(cancellationToken);
        if (!options.Foreground)
        {
            return await WaitAsync(result, cancellationToken);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var supervising = new Supervisor(places, input.Host.Program, time).RunInForegroundAsync(SuperviseCommand.Say, end.Token);
        await WaitAsync(result, cancellationToken);
        return await supervising ? ExitCode.Holds : ExitCode.DoesNotHold;
    }

    private async Task<int> WaitAsync(BringupResult result, CancellationToken cancellationToken)
    {
        var readiness = new Readiness(places, time);
        var status = Terminal.OutputTakesColour && !options.Json
            ? await AnsiConsole.Status().StartAsync(
                $"Bringing {places.Name} up …",
                _ => readiness.WaitAsync(options.Timeout, line => AnsiConsole.MarkupLineInterpolated($"[green]✓[/] {line}"), cancellationToken))
            : await readiness.WaitAsync(options.Timeout, talk.WriteLine, cancellationToken);
        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.StackStatus));
        }

        if (status.Holds)
        {
            talk.WriteLine(Success(result));
            return ExitCode.Holds;
        }

        Console.Error.WriteLine(Failure(status));
        return ExitCode.DoesNotHold;
    }

    private string Success(BringupResult result) => result.Kind switch
    {
        BringupKind.AlreadyUp => $"{places.Name} is already up with this configuration.",
        BringupKind.Revived => $"{places.Name} was up without its supervisor; it is supervised again.",
        BringupKind.Changed => $"{places.Name} is up with the changed configuration; started anew: {string.Join(", ", result.Restarted)}.",
        _ => $"{places.Name} is up. Try: sudo culvert run -- curl https://api.ipify.org",
    };

    private string Failure(StackStatus status)
    {
        if (!Directory.Exists(places.Run.Path))
        {
            return $"{places.Name} was taken down while it was coming up.";
        }

        var culprit = Readiness.Culprit(status)!;
        return $"{places.Name} did not come up within {options.Timeout.TotalSeconds:0} s: {status.Problems[0]}.\n{LogTail.Sentence(places, culprit)}\n"
            + "It goes on trying: see `culvert status`, or give up with `culvert down`.";
    }

    private async Task<int> TakeDownAsync(bool ended)
    {
        // The token that was cancelled is what brought us here; taking down has deadlines of its own.
        await new Demolition(places, time).RunAsync(CancellationToken.None);
        talk.WriteLine($"{places.Name} is down.");
        return ended ? ExitCode.Holds : ExitCode.DoesNotHold;
    }
}
