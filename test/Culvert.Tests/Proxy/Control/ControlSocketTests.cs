using System.Net.Sockets;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Proxy.Control;
using Culvert.Stack;
using Culvert.Tests.Stack;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Proxy.Control;

public sealed class ControlSocketTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly FakeTimeProvider time = new();

    private string Path => folder.PathOf("control");

    public void Dispose()
    {
        folder.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task It_answers_a_line_with_a_line_and_only_its_owner_may_ask()
    {
        using var socket = new ControlSocket(Path, time);
        var serving = socket.RunAsync(request => new ControlAnswer($"asked {request.Ask}"), stop.Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal("asked calls", (await AskAsync("{\"ask\":\"calls\"}")).Problem);
        Assert.Equal("asked reload", (await AskAsync("{\"ask\":\"reload\"}")).Problem);
        await stop.CancelAsync();
        await serving;
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_is_no_question_is_told_so(string line)
    {
        using var socket = new ControlSocket(Path, time);
        var serving = socket.RunAsync(_ => throw new InvalidOperationException("asked"), stop.Token);
        Assert.Contains("write it as", (await AskAsync(line)).Problem, StringComparison.Ordinal);
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task One_that_asks_nothing_or_too_much_or_leaves_does_not_keep_others_out()
    {
        using var socket = new ControlSocket(Path, time);
        var serving = socket.RunAsync(_ => new ControlAnswer("here"), stop.Token);
        using (var leaving = Connect())
        {
            leaving.Send("{\"ask"u8);
        }

        using var talkative = Connect();
        talkative.Send(new byte[8192]);
        using var silent = Connect();
        while (!silent.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            // Its time is over whenever it was accepted; then it is hung up on.
            time.Advance(TimeSpan.FromSeconds(6));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal("here", (await AskAsync("{\"ask\":\"calls\"}")).Problem);
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public void A_socket_that_an_earlier_process_left_is_replaced_and_taken_away_at_the_end()
    {
        var left = SocketCalls.OpenUnix();
        Assert.Equal(0, SocketCalls.BindUnix(left, Path));
        SocketCalls.Close(left);
        Assert.True(File.Exists(Path));
        new ControlSocket(Path, time).Dispose();
        Assert.False(File.Exists(Path));
        Assert.Throws<SocketException>(() => new ControlSocket(folder.PathOf(new string('x', 120)), time));
    }

    [Fact]
    public async Task What_the_proxy_counted_has_applications_providers_and_outcomes_by_name()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.AskAsync("CONNECT 127.0.0.9:443 HTTP/1.1\r\nHost: x\r\n\r\n");
        await proxy.AskAsync("CONNECT missing.acme.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", from: "127.0.8.3");
        Assert.Equal(
            [new CallsLine("127.0.0.1", "other", "policy-denied", 1, 0, 0), new CallsLine("127.0.8.3", "acme", "name-not-found", 1, 0, 0)],
            proxy.Calls.Lines);
    }

    // Asking blocks, so it has a thread of its own.
    private Task<ControlAnswer> AskAsync(string line) => Task.Factory.StartNew(
        () => JsonSerializer.Deserialize(UnixSocketLine.Ask(Path, line, Patience), ControlJson.Default.ControlAnswer)!,
        TestContext.Current.CancellationToken,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }
}
