namespace Culvert.Tests.Proxy;

/// <summary>Tests that hold a figure in seconds run with no other test beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
