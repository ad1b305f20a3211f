using System.Net;
using Culvert.Proxy;
using Culvert.Proxy.Accounting;
using Culvert.Stack;

namespace Culvert.Tests.Proxy.Accounting;

public sealed class LedgerTests
{
    private static readonly LlmProvider Acme = new("acme", "Acme", [new DomainSuffix("acme.test")], new ProviderProbe(new Uri("https://acme.test/"), []));

    [Fact]
    public void A_user_is_one_application_wherever_it_calls_from_and_without_one_the_address_is()
    {
        var ledger = new Ledger([Acme]);
        ledger.Record(0, Call(new Caller(IPAddress.Parse("172.30.98.7"), "alice"), 10, 1));
        ledger.Record(0, Call(new Caller(IPAddress.Loopback, "alice"), 5, 2));
        ledger.Record(null, Call(new Caller(IPAddress.Loopback, null), 7, 3));
        ledger.Record(0, Call(new Caller(IPAddress.Loopback, null), 0, 0, ProxyFailure.PolicyDenied));
        Assert.Equal(
            [
                new LedgerLine("127.0.0.1", "acme", ProxyFailure.PolicyDenied, 1, 0, 0),
                new LedgerLine("127.0.0.1", null, null, 1, 7, 3),
                new LedgerLine("alice", "acme", null, 2, 15, 3),
            ],
            ledger.Snapshot().Lines);
    }

    [Fact]
    public void More_applications_than_it_keeps_apart_are_counted_together()
    {
        var ledger = new Ledger([]);
        for (var number = 0; number < Ledger.MaximumApplications + 10; number++)
        {
            ledger.Record(null, Call(new Caller(new IPAddress((long)number + 1), null), 1, 0));
        }

        var lines = ledger.Snapshot().Lines;
        Assert.Equal(Ledger.MaximumApplications + 1, lines.Length);
        Assert.Equal(10, lines.Single(line => line.Application == Ledger.Others).Exchanges);
    }

    [Fact]
    public void Threads_that_count_at_once_lose_nothing()
    {
        var ledger = new Ledger([Acme]);
        Parallel.For(0, 8, thread =>
        {
            for (var number = 0; number < 20_000; number++)
            {
                ledger.Record(number % 2, Call(new Caller(new IPAddress((long)(number % 50) + 1), null), 3, 4));
            }
        });
        var lines = ledger.Snapshot().Lines;
        Assert.Equal((160_000, 480_000, 640_000), (lines.Sum(line => line.Exchanges), lines.Sum(line => line.BytesUp), lines.Sum(line => line.BytesDown)));
    }

    private static ExchangeRecord Call(Caller caller, long up, long down, ProxyFailure? failure = null) =>
        new(ProxyProtocol.Socks5, caller, null, failure, up, down, TimeSpan.Zero);
}
