using System.Net.Sockets;
using Culvert.Verification.Probes;
using static Culvert.Tests.Verification.Observations;

namespace Culvert.Tests.Verification.Probes;

public sealed class ProbeAnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("connected", null, "TCP 192.0.2.1:1080: connected")]
    [InlineData("203.0.113.7", 200, "TCP 192.0.2.1:1080: 200 203.0.113.7")]
    [InlineData("\e[2J<html>\r\n<body>", 200, @"TCP 192.0.2.1:1080: 200 '\u001b[2J<html>\u000d\u000a<body>'")]
    public void Reads_as_a_line_whatever_the_other_side_says(string answer, int? status, string line) =>
        Assert.Equal(line, Answered(answer, status: status).Describe());

    [Fact]
    public void A_page_of_a_stranger_is_cut_short() =>
        Assert.InRange(Answered(new string('x', 4096), status: 200).Describe().Length, 1, 120);

    [Fact]
    public void A_failure_says_how_long_it_took() =>
        Assert.Equal("TCP 192.0.2.1:1080: no answer after 12 ms", Unanswered(ProbeAnswer.NoAnswer).Describe());

    [Fact]
    public async Task A_deadline_is_no_answer_and_a_refusal_is_the_kernels_word()
    {
        var late = await ProbeAnswer.OfAsync("x", "y", TimeSpan.FromMilliseconds(10), async limit => { await Task.Delay(-1, limit); return ("", null); }, Token);
        Assert.Equal(ProbeAnswer.NoAnswer, late.Failure);
        var refused = await ProbeAnswer.OfAsync("x", "y", TimeSpan.FromSeconds(5), _ => throw new IOException("outer", new SocketException((int)SocketError.ConnectionRefused)), Token);
        Assert.Equal("Connection refused (ConnectionRefused)", refused.Failure);
    }

    [Fact]
    public async Task A_bug_is_no_answer() => await Assert.ThrowsAsync<InvalidOperationException>(() =>
        ProbeAnswer.OfAsync("x", "y", TimeSpan.FromSeconds(5), _ => throw new InvalidOperationException(), Token));
}
