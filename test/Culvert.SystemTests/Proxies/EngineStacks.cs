namespace Culvert.SystemTests.Proxies;

/// <summary>One stack for each engine that a class of tests asks for, started when it is first asked for.</summary>
public sealed class EngineStacks : IAsyncLifetime
{
    private readonly Dictionary<string, EngineStack> stacks = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var stack in stacks.Values)
        {
            await stack.DisposeAsync();
        }
    }

    internal async Task<EngineStack> OfAsync(string engine)
    {
        if (!stacks.TryGetValue(engine, out var stack))
        {
            stacks[engine] = stack = await EngineStack.StartAsync(engine);
        }

        return stack;
    }
}
