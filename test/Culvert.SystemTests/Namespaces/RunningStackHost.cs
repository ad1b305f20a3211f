namespace Culvert.SystemTests.Namespaces;

/// <summary>A lab whose host has the stack up already, for a class of tests that leave it so.</summary>
public sealed class RunningStackHost : StackHost
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Succeeded(await Culvert.UpAsync(CancellationToken.None));
    }
}
