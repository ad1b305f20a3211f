using Culvert.Lab.Topology;

namespace Culvert.SystemTests;

/// <summary>One lab for a class of tests that only look at it.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private LabInternet? lab;
    private LabBox? box;

    public LabInternet Internet => lab!;

    public LabBox Box => box!;

    public async ValueTask InitializeAsync()
    {
        lab = await LabInternet.StartAsync(CancellationToken.None);
        box = await lab.AddBoxAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (lab is not null)
        {
            await lab.DisposeAsync();
        }
    }
}
