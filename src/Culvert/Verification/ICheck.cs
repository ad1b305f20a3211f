namespace Culvert.Verification;

/// <summary>One promise of Culvert, examined from outside.</summary>
internal interface ICheck
{
    /// <summary>Its name on the command line: words with hyphens.</summary>
    public string Id { get; }

    /// <summary>The promise, as a sentence.</summary>
    public string Title { get; }

    /// <summary>True when the traffic of other checks would blur what this one looks at.</summary>
    public bool NeedsQuiet { get; }

    public Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken);
}
