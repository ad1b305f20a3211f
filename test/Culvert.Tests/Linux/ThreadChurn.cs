namespace Culvert.Tests.Linux;

/// <summary>Threads of this process that come and go all the time, as those of .NET's pool do now and then.</summary>
internal sealed class ThreadChurn : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Thread maker;

    public ThreadChurn()
    {
        maker = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() => { }, 64 * 1024)).ToList();
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
            }
        });
        maker.Start();
    }

    public void Dispose()
    {
        stop.Cancel();
        maker.Join();
        stop.Dispose();
    }
}
