using System.Text;
using System.Threading.Channels;

namespace Culvert.Proxy.Accounting;

/// <summary>
/// One line an exchange. Written beside the data path: when the reader of stdout is slow, lines are dropped and the next
/// one says how many. A destination is named only when it is a provider's; anything else is the client's own business.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    private const int Backlog = 4096;

    // After a line the next ones gather this long: a write for each would cost more than the exchange it tells of.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _dropped;

    public AccessLog(TextWriter output, TimeProvider time)
    {
        _output = output;
        _time = time;
        _writing = Task.Run(WriteAsync);
    }

    public void Write(in ExchangeRecord exchange, bool isProvider)
    {
        var destination = isProvider && exchange.Destination is { } provider ? $"{provider.Host}:{provider.Port}" : "-";
        var outcome = exchange.Failure is { } failure ? FailureNames.Of(failure) : "relayed";
        var line = string.Create(
            null,
            $"{_time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {ProtocolName(exchange.Protocol)} client={exchange.Caller.Address} destination={destination} outcome={outcome} up={exchange.BytesUp} down={exchange.BytesDown} ms={(long)exchange.Elapsed.TotalMilliseconds}");
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        _ending.TrySetResult();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var batch = new StringBuilder();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (batch.Length < 64 * 1024 && _lines.Reader.TryRead(out var line))
            {
                batch.Append(line).Append('\n');
            }

            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            {
                batch.Append("access log: ").Append(dropped).Append(" lines dropped, because the reader of stdout is slow\n");
            }

            await _output.WriteAsync(batch);
            await _output.FlushAsync();
            batch.Clear();
            await _ending.Task.WaitAsync(Gathering, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string ProtocolName(ProxyProtocol protocol) => protocol switch
    {
        ProxyProtocol.Socks5 => "socks5",
        ProxyProtocol.SocksUdp => "udp",
        ProxyProtocol.HttpConnect => "connect",
        _ => "http",
    };
}
