using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Linux;

namespace Culvert.Verification.Probes;

/// <summary>A running <c>culvert probe capture</c> or <c>probe calls</c> in another namespace; it ends with this session, however that ends.</summary>
internal sealed class CaptureSession : IAsyncDisposable
{
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly HeldProcess _process;

    private CaptureSession(HeldProcess process) => _process = process;

    /// <summary>Returns when the capture sees frames. One that cannot start throws <see cref="SubprocessFailedException"/>.</summary>
    public static async Task<CaptureSession> StartAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var process = HeldProcess.Start(command);
        try
        {
            await process.ReadLineAsync(cancellationToken);
            return new CaptureSession(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<CaptureReport> StopAsync(CancellationToken cancellationToken) => StopAsync(ProbeJson.Default.CaptureReport, cancellationToken);

    public async Task<T> StopAsync<T>(JsonTypeInfo<T> report, CancellationToken cancellationToken)
    {
        var result = await _process.CloseAsync(StopDeadline, cancellationToken);
        return result.Output.StartsWith('{')
            ? JsonSerializer.Deserialize(result.Output, report)!
            : throw new SubprocessFailedException(result);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
