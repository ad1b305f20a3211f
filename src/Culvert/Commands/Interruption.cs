using System.Runtime.InteropServices;

namespace Culvert.Commands;

/// <summary>
/// SIGINT, SIGTERM and the end of the terminal (SIGHUP) as a token, from now on. The parser listens for the first two, but
/// only once a command has first had to wait for something; one that touches the machine must not be ended before that.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly PosixSignalRegistration[] registrations;

    /// <param name="cancellationToken">Cancels the token too.</param>
    public Interruption(CancellationToken cancellationToken)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Hear))];
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = true;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The handlers of a signal run one after the other, and the parser's waits until the command has ended.
        }
    }
}
