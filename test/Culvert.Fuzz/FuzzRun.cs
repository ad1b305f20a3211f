namespace Culvert.Fuzz;

/// <summary>An input on which a target failed, and how.</summary>
internal sealed record Finding(byte[] Input, Exception Failure);

/// <summary>Feeds a target: first its corpus, then mutations until told to stop.</summary>
internal static class FuzzRun
{
    /// <summary>The first finding, or null, and how many inputs were tried.</summary>
    public static (Finding? Finding, long Tried) Run(FuzzTarget target, int seed, Func<long, bool> goesOn)
    {
        var corpus = target.ReadCorpus();
        var tried = 0L;
        foreach (var input in corpus)
        {
            tried++;
            if (Try(target, input) is { } failure)
            {
                return (new Finding(input, failure), tried);
            }
        }

        for (var mutator = new Mutator(target, corpus, seed); goesOn(tried); tried++)
        {
            var input = mutator.Next();
            if (Try(target, input) is { } failure)
            {
                return (new Finding(input, failure), tried);
            }
        }

        return (null, tried);
    }

    private static Exception? Try(FuzzTarget target, byte[] input)
    {
        try
        {
            target.Check(input);
            return null;
        }
#pragma warning disable CA1031 // Whatever a parser throws is a finding.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }
}
