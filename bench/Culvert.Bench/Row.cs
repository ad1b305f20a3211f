namespace Culvert.Bench;

/// <summary>Figures of one run, by metric.</summary>
internal sealed record Figures(IReadOnlyDictionary<string, double> Values)
{
    public static Figures Of(params (string Metric, double Value)[] values) => new(values.ToDictionary(value => value.Metric, value => value.Value));
}

/// <summary>One thing to measure. <see cref="Measure"/> gets a target whose service is running.</summary>
internal sealed record Row(string Name, Protocol Protocol, Func<Target, string[], Service, Figures> Measure)
{
    /// <summary>The row needs a service that has done nothing yet.</summary>
    public bool NeedsFresh { get; init; }

    /// <summary>The relay does no handshake and the bare way has no process, so that some rows say nothing about them.</summary>
    public bool OnlyProxies { get; init; }
}
