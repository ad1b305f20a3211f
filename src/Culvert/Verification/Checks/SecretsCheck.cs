using System.Globalization;
using System.Security.Cryptography;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Verification.Checks;

/// <summary>A canary that went through the proxies as an Authorization value is in no log, no file, no process argument.</summary>
internal sealed class SecretsCheck : ICheck
{
    // Logs are written after a call has ended.
    private static readonly TimeSpan LogsSettle = TimeSpan.FromMilliseconds(500);

    public string Id => "secrets-in-logs";

    public string Title => "No log holds an Authorization value";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        var logs = examination.Target.Logs;
        var canary = $"canary{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        var control = new Needle("the control", $"control{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}");
        var started = DateTimeOffset.UtcNow;
        var calls = await CanaryCalls.MakeAsync(examination, canary, cancellationToken);
        await Task.Delay(LogsSettle, cancellationToken);

        var controlFile = $"{logs.RunFolder}/verify-control";
        try
        {
            await File.WriteAllTextAsync(controlFile, $"Authorization: Bearer {control.Text}\n", cancellationToken);
            await using var controlProcess = HeldProcess.Start(["sh", "-c", "read line", control.Text]);
            var search = new NeedleSearch([.. CanaryCalls.Needles(canary), control]);
            string[] folders = [logs.RunFolder, .. logs.Folders];
            examination.Used($"searching every file below {string.Join(", ", folders)}, and the arguments and environments of all processes");
            List<NeedleFound> found = [.. folders.SelectMany(search.InFolder), .. search.InProcesses()];
            var texts = await logs.TextsAsync(started, cancellationToken);
            found.AddRange(texts.SelectMany(text => search.InText(text.Place, text.Text)));

            foreach (var title in logs.Titles)
            {
                examination.Used($"searching {title}");
            }

            var journal = await JournalAsync(started.ToUnixTimeSeconds(), cancellationToken);
            examination.Used(journal is null ? "no journal is kept on this host" : "searching journalctl since the first call");
            found.AddRange(search.InText("the journal", journal ?? ""));
            var silent = texts.Where(text => text is { MustSpeak: true, Text.Length: 0 }).Select(text => text.Place).ToList();
            return Judge(calls, found, silent, control.Name, controlFile, $"/proc/{controlProcess.Id}/cmdline");
        }
        finally
        {
            File.Delete(controlFile);
        }
    }

    internal static Judgement Judge(
        IReadOnlyList<ProbeAnswer> calls,
        IReadOnlyList<NeedleFound> found,
        IReadOnlyList<string> silent,
        string control,
        string controlFile,
        string controlArguments)
    {
        bool Seen(string place) => found.Contains(new NeedleFound(control, place));
        var unheard = calls.Where(call => !call.Answered).Select(call => $"a call with the canary was not answered, so it proves nothing: {call.Describe()}");
        return Judgement.Of(
            "after calls with a random secret in headers, credentials, userinfo and query, it is written down nowhere",
            $"{calls.Count} calls through both proxies, the secret was found nowhere",
            [.. found.Where(hit => hit.Needle != control).Select(hit => $"{hit.Needle} is in {hit.Place}")],
            [.. unheard, .. silent.Select(place => $"{place} has nothing about the calls, so it was not read")],
            Seen(controlFile) && Seen(controlArguments)
                ? new Control(true, "another random secret, written on purpose to a file there and to a process's arguments, was found in both")
                : new Control(false, $"a secret written on purpose was not found in {(Seen(controlFile) ? "a process's arguments" : "a file")}"));
    }

    private static async Task<string?> JournalAsync(long since, CancellationToken cancellationToken)
    {
        try
        {
            var result = await Subprocess.RunAsync(
                "journalctl", ["--no-pager", "--output=cat", "--since", $"@{since.ToString(CultureInfo.InvariantCulture)}"], cancellationToken);
            return result.Succeeded ? result.Output : null;
        }
        catch (SubprocessFailedException)
        {
            // Not installed: this host keeps no journal.
            return null;
        }
    }
}
