using System.Collections.Immutable;
using System.Net;
using CsCheck;
using Culvert.Proxy;
using Culvert.Proxy.Resolve;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Resolve;

public sealed class NameResolverTests : IAsyncDisposable
{
    private readonly FakeDns _dns = new();
    private readonly FakeTimeProvider _time = new();

    public ValueTask DisposeAsync() => _dns.DisposeAsync();

    [Fact]
    public async Task Remembers_an_answer_for_its_time_and_no_longer()
    {
        _dns.Script = question => [FakeDns.Answer(question, 0, 1, FakeDns.Record("192.0.2.1", timeToLive: 30))];
        var resolver = Resolver();
        await AddressesAsync(resolver);
        _time.Advance(TimeSpan.FromSeconds(29));
        await AddressesAsync(resolver);
        Assert.Single(_dns.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AddressesAsync(resolver);
        Assert.Equal(2, _dns.Asked.Count);
    }

    [Fact]
    public async Task Remembers_that_a_name_does_not_exist_as_long_as_its_zone_says()
    {
        byte[] soa = [.. FakeDns.Name("ns"), .. FakeDns.Name("me"), .. new byte[16], 0, 0, 0, 20];
        _dns.Script = question => [FakeDns.Answer(question, 3, 0, FakeDns.Record([0], 6, soa, timeToLive: 3600))];
        var resolver = Resolver();
        Assert.Equal(ProxyFailure.NameNotFound, await FailureAsync(resolver));
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(ProxyFailure.NameNotFound, await FailureAsync(resolver));
        Assert.Single(_dns.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        await FailureAsync(resolver);
        Assert.Equal(2, _dns.Asked.Count);
    }

    [Fact]
    public async Task Does_not_remember_a_failure()
    {
        _dns.Script = question => [FakeDns.Answer(question, 2, 0)];
        var resolver = Resolver();
        Assert.Equal(ProxyFailure.ResolverUnavailable, await FailureAsync(resolver));
        _dns.Script = null;
        _dns.Names["a.test"] = ["192.0.2.1"];
        await AddressesAsync(resolver);
    }

    [Fact]
    public async Task Asks_once_for_equal_questions_at_one_time()
    {
        var release = new TaskCompletionSource();
        _dns.Release = release.Task;
        _dns.Names["a.test"] = ["192.0.2.1"];
        var resolver = Resolver();
        var waiting = Enumerable.Range(0, 20).Select(_ => AddressesAsync(resolver)).ToArray();
        release.SetResult();
        await Task.WhenAll(waiting);
        Assert.Single(_dns.Asked);
    }

    [Fact]
    public async Task Asks_over_TCP_when_the_answer_was_truncated()
    {
        _dns.TruncatesOverUdp = true;
        _dns.Names["a.test"] = [.. Enumerable.Range(1, 200).Select(host => $"192.0.2.{host}")];
        Assert.Equal(200, (await AddressesAsync(Resolver())).Length);
        Assert.Equal(2, _dns.Asked.Count);
    }

    [Fact]
    public async Task Follows_aliases_inside_the_answer_and_ignores_what_they_do_not_reach()
    {
        _dns.Script = question =>
        [
            FakeDns.Answer(
                question, 0, 4,
                FakeDns.Record(FakeDns.Name("other.test"), 1, [10, 0, 0, 1]),
                FakeDns.Record(FakeDns.Name("c.test"), 1, [192, 0, 2, 7]),
                FakeDns.Record([0xC0, 12], 5, FakeDns.Name("B.test")),
                FakeDns.Record(FakeDns.Name("b.TEST"), 5, FakeDns.Name("c.test"))),
        ];
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await AddressesAsync(Resolver()));
    }

    [Fact]
    public async Task An_alias_loop_and_a_pointer_loop_end()
    {
        _dns.Script = question => [FakeDns.Answer(question, 0, 1, FakeDns.Record([0xC0, 12], 5, [0xC0, 12]))];
        Assert.Equal(ProxyFailure.ResolverUnavailable, await FailureAsync(Resolver()));

        _dns.Script = question =>
        {
            var end = (byte)FakeDns.Answer(question, 0, 0).Length;
            return [FakeDns.Answer(question, 0, 1, FakeDns.Record([0xC0, end], 1, [192, 0, 2, 1]))];
        };
        Assert.Equal(ProxyFailure.ResolverUnavailable, await FailureAsync(Resolver()));
    }

    [Fact]
    public async Task Waits_past_answers_to_other_questions_and_other_ids()
    {
        _dns.Script = question =>
        {
            var otherId = FakeDns.Answer(question, 0, 1, FakeDns.Record("10.0.0.1"));
            otherId[0] ^= 1;
            var otherName = FakeDns.Answer(question, 0, 1, FakeDns.Record("10.0.0.2"));
            otherName[13] ^= 1;
            var echo = question.ToArray();
            return [otherId, otherName, echo, [], [1], FakeDns.Answer(question, 0, 1, FakeDns.Record("192.0.2.1"))];
        };
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await AddressesAsync(Resolver()));
    }

    [Fact]
    public async Task Asks_for_IPv6_only_where_the_tunnel_has_it()
    {
        _dns.Names["a.test"] = ["192.0.2.1", "2001:db8::1"];
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await AddressesAsync(Resolver()));
        Assert.Equal(["a.test 1"], _dns.Asked);
        var both = await AddressesAsync(new NameResolver(new DnsExchange(_dns.EndPoint, TimeProvider.System), () => true, TimeProvider.System));
        Assert.Equal(["192.0.2.1", "2001:db8::1"], both.Select(address => address.ToString()).Order());
    }

    [Fact]
    public async Task A_resolver_that_is_not_there_is_noticed_at_once()
    {
        await _dns.DisposeAsync();
        Assert.Equal(ProxyFailure.ResolverUnavailable, await FailureAsync(Resolver()));
    }

    [Fact]
    public async Task Silence_ends_by_the_deadline()
    {
        var asked = new SemaphoreSlim(0);
        _dns.Script = _ =>
        {
            asked.Release();
            return [];
        };
        var failing = FailureAsync(Resolver());
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ProxyFailure.ResolverUnavailable, await failing.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task While_the_resolver_fails_the_last_answer_serves_for_a_day_and_is_asked_for_each_half_minute()
    {
        _dns.Names["a.test"] = ["192.0.2.1"];
        var resolver = Resolver();
        await AddressesAsync(resolver);
        _dns.Script = question => [FakeDns.Answer(question, 2, 0)];
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await AddressesAsync(resolver));
        Assert.Equal(2, _dns.Asked.Count);
        _time.Advance(TimeSpan.FromSeconds(29));
        await AddressesAsync(resolver);
        Assert.Equal(2, _dns.Asked.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AddressesAsync(resolver);
        Assert.Equal(3, _dns.Asked.Count);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(ProxyFailure.ResolverUnavailable, await FailureAsync(resolver));
    }

    [Fact]
    public async Task A_silent_resolver_is_waited_for_1_8_seconds_where_there_is_an_old_answer()
    {
        _dns.Names["a.test"] = ["192.0.2.1"];
        var resolver = Resolver();
        await AddressesAsync(resolver);
        var asked = new SemaphoreSlim(0);
        _dns.Script = _ =>
        {
            asked.Release();
            return [];
        };
        _time.Advance(TimeSpan.FromSeconds(61));
        var resolving = AddressesAsync(resolver);
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(resolving.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1800));
        Assert.Equal([IPAddress.Parse("192.0.2.1")], await resolving.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_name_that_no_longer_exists_is_not_served_from_the_past()
    {
        _dns.Names["a.test"] = ["192.0.2.1"];
        var resolver = Resolver();
        await AddressesAsync(resolver);
        _dns.Names.Clear();
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(ProxyFailure.NameNotFound, await FailureAsync(resolver));
    }

    [Fact]
    public void The_cache_is_bounded()
    {
        var cache = new AnswerCache(100, _time);
        for (var index = 0; index < 10_000; index++)
        {
            cache.Store(new DnsQuestion($"{index}.test", DnsType.A), new DnsAnswer(DnsStatus.Found, [IPAddress.Loopback], TimeSpan.FromHours(1)));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(cache.Count, 1, 100);
        Assert.True(cache.TryGet(new DnsQuestion("9999.test", DnsType.A), out _));
    }

    [Fact]
    public void No_bytes_at_all_make_the_reader_throw() =>
        Gen.Byte.Array[12, 200].Sample(bytes =>
        {
            var question = new DnsQuestion("a", DnsType.A);
            var offset = 12;
            DnsName.Read(bytes, ref offset);
            DnsMessage.Answers(bytes, (ushort)((bytes[0] << 8) | bytes[1]), question);

            // Behind a fixed header and question, so that the records are reached.
            byte[] message = [0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 2, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1, .. bytes];
            Assert.True(DnsMessage.Answers(message, 1, question));
            DnsMessage.Read(message, question);
        });

    private NameResolver Resolver() => new(new DnsExchange(_dns.EndPoint, _time), () => false, _time);

    private static async Task<ImmutableArray<IPAddress>> AddressesAsync(NameResolver resolver)
    {
        var outcome = await resolver.ResolveAsync("a.test", CancellationToken.None);
        Assert.True(outcome.Is(out var addresses, out var failure), failure.ToString());
        return addresses;
    }

    private static async Task<ProxyFailure> FailureAsync(NameResolver resolver)
    {
        var outcome = await resolver.ResolveAsync("a.test", CancellationToken.None);
        Assert.False(outcome.Is(out _, out var failure));
        return failure;
    }
}
