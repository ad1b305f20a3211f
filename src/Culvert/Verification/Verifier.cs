namespace Culvert.Verification;

/// <summary>Runs checks: first those that need quiet, then the others side by side; they only watch, so they do not disturb each other.</summary>
internal sealed class Verifier(VerifyTarget target, string program, TimeProvider time)
{
    private const int MostProbesAtOnce = 12;

    /// <param name="checks">Which, in the order of the report.</param>
    /// <param name="done">Told of each check when it is done.</param>
    /// <param name="cancellationToken">Ends the run; what the checks made is taken down.</param>
    public async Task<VerifyReport> RunAsync(
        IReadOnlyList<ICheck> checks, Action<Evidence> done, CancellationToken cancellationToken)
    {
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        using var turns = new SemaphoreSlim(MostProbesAtOnce);
        var evidence = new List<Evidence>();
        foreach (var stage in checks.GroupBy(check => check.NeedsQuiet).OrderByDescending(stage => stage.Key))
        {
            evidence.AddRange(await Task.WhenAll(stage.Select(async check =>
            {
                var one = await ExamineAsync(check, turns, cancellationToken);
                done(one);
                return one;
            })));
        }

        var order = checks.Select(check => check.Id).ToList();
        return new VerifyReport(
            target.Stack.Name, at, time.GetElapsedTime(started), [.. evidence.OrderBy(one => order.IndexOf(one.Check))]);
    }

    private async Task<Evidence> ExamineAsync(ICheck check, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        var examination = new Examination(target, program, turns);
        Judgement judgement;
        try
        {
            judgement = await check.ExamineAsync(examination, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The boundary of a check: whatever breaks in one, a deadline of its own too, the evidence of the others stands.
            judgement = new Judgement(Verdict.Inconclusive, check.Title, $"the check could not be made: {e.Message}", []);
        }

        return new Evidence(
            check.Id,
            check.Title,
            judgement.Verdict,
            judgement.Expected,
            judgement.Observed,
            judgement.Details,
            judgement.Control,
            examination.How,
            at,
            time.GetElapsedTime(started));
    }
}
