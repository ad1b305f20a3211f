namespace Culvert.Verification;

/// <summary>One promise of Culvert, examined from outside.</summary>
internal interface ICheck
{
    /// <summary>Its name on the command line: words with hyphens.</summary>
    string Id { get; }

    /// <summary>The promise, as a sentence.</summary>
    string Title { get; }

    /// <summary>True when the traffic of other checks would blur what this one looks at.</summary>
    bool NeedsQuiet { get; }

    Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken);
}
