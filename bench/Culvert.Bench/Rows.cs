using System.Globalization;

namespace Culvert.Bench;

/// <summary>The rows of the bar.</summary>
internal static class Rows
{
    // Two descriptors each in the proxy, and one client may have three quarters of the 20,000 that a container often gets.
    private const int ManyTunnels = 7000;

    public static IReadOnlyList<Row> Of(bool quick) =>
    [
        Setups("setups socks5, 64 clients", Protocol.Socks, quick ? 0.7 : 1.5),
        Setups("setups connect, 64 clients", Protocol.Connect, quick ? 0.7 : 1.5),
        Latency("setup latency socks5, 1 client", Protocol.Socks, quick ? 0.4 : 1),
        Latency("setup latency connect, 1 client", Protocol.Connect, quick ? 0.4 : 1),
        Bulk(1, "down", quick ? 0.7 : 1.5),
        Bulk(1, "up", quick ? 0.7 : 1.5),
        Bulk(8, "down", quick ? 0.7 : 1.5),
        Bulk(8, "up", quick ? 0.7 : 1.5),
        .. quick ? (Row[])[Streams(1000, 1)] : [Streams(1000, 3), Streams(5000, 3)],
        .. quick ? (Row[])[Idle(1000)] : [Idle(1000), Idle(ManyTunnels)],
        new Row("start", Protocol.Any, (target, _, _) => Start(target)) { OnlyProxies = true },
    ];

    private static Row Setups(string name, Protocol protocol, double seconds) => new(name, protocol, (_, path, service) =>
    {
        using var load = new Load(["setups", .. path, "64", Text(seconds)]);
        load.WaitUntilReady();
        var (before, allBefore) = (service.CpuSeconds, Service.CpuSecondsOfAll);
        var result = load.ReadResult();
        return Figures.Of(
            ("per second", result.GetProperty("perSecond").GetDouble()),
            ("CPU µs each with load and origin", (Service.CpuSecondsOfAll - allBefore) / result.GetProperty("count").GetDouble() * 1e6),
            ("CPU µs each", (service.CpuSeconds - before) / result.GetProperty("count").GetDouble() * 1e6));
    });

    private static Row Latency(string name, Protocol protocol, double seconds) => new(name, protocol, (_, path, _) =>
    {
        using var load = new Load(["setups", .. path, "1", Text(seconds)]);
        load.WaitUntilReady();
        return Figures.Of(("p50 µs", load.ReadResult().GetProperty("p50us").GetDouble()));
    });

    private static Row Bulk(int tunnels, string direction, double seconds) => new($"bulk {direction}, {tunnels} tunnels", Protocol.Any, (_, path, service) =>
    {
        using var load = new Load(["bulk", .. path, $"{tunnels}", direction, Text(seconds)]);
        load.WaitUntilReady();
        var (before, allBefore) = (service.CpuSeconds, Service.CpuSecondsOfAll);
        var result = load.ReadResult();
        return Figures.Of(
            ("GB/s", result.GetProperty("gigabytesPerSecond").GetDouble()),
            ("CPU s/GB with load and origin", (Service.CpuSecondsOfAll - allBefore) / result.GetProperty("bytes").GetDouble() * 1e9),
            ("CPU s/GB", (service.CpuSeconds - before) / result.GetProperty("bytes").GetDouble() * 1e9));
    });

    private static Row Streams(int count, double seconds) => new($"{count} SSE streams", Protocol.Any, (_, path, service) =>
    {
        using var load = new Load(["streams", .. path, $"{count}", Text(seconds)]);
        load.WaitUntilReady();
        var before = service.CpuSeconds;
        var result = load.ReadResult();
        return Figures.Of(
            ("p50 µs", result.GetProperty("p50us").GetDouble()),
            ("p99 µs", result.GetProperty("p99us").GetDouble()),
            ("CPU µs per chunk", (service.CpuSeconds - before) / result.GetProperty("chunks").GetDouble() * 1e6));
    });

    private static Row Idle(int count) => new($"{count} idle tunnels", Protocol.Any, (_, path, service) =>
    {
        var atStart = service.MemoryMegabytes;
        var cpu = service.CpuSeconds;
        using var load = new Load(["idle", .. path, $"{count}"]);
        load.WaitUntilReady();
        var held = service.MemoryMegabytes;
        load.GoOn();
        load.ReadResult();
        Thread.Sleep(TimeSpan.FromSeconds(2));
        return Figures.Of(
            ("MB at start", atStart),
            ("MB held", held),
            ("MB after", service.MemoryMegabytes),
            ("CPU µs per tunnel", (service.CpuSeconds - cpu) / count * 1e6));
    })
    {
        NeedsFresh = true,
        OnlyProxies = true,
    };

    private static Figures Start(Target target)
    {
        using var load = new Load(["start", "127.0.0.1", $"{target.AnyPort}", .. target.Command]);
        return Figures.Of(("ms to the first connection", load.ReadResult().GetProperty("milliseconds").GetDouble()));
    }

    private static string Text(double seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
