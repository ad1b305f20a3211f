using System.Net;
using System.Net.Sockets;
using CsCheck;
using Culvert.DnsMessages;
using Culvert.Verification.Probes;

namespace Culvert.Tests.DnsMessages;

public sealed class DnsMessageTests
{
    // id 7 | response | 1 question | 3 answers: CNAME, A by pointer, AAAA
    private static readonly byte[] Response =
    [
        0, 7, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0,
        1, (byte)'a', 0, 0, 1, 0, 1,
        0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, (byte)'b', 0xc0, 12,
        0xc0, 31, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 9,
        0xc0, 31, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ];

    [Fact]
    public void The_addresses_behind_an_alias_are_found() => Assert.Equal("NOERROR 192.0.2.9", DnsMessage.Parse(Response, 7).ToString());

    [Theory]
    [InlineData(2, "SERVFAIL")]
    [InlineData(3, "NXDOMAIN")]
    [InlineData(5, "REFUSED")]
    [InlineData(9, "response code 9")]
    public void A_failure_has_its_name(byte code, string name) =>
        Assert.Equal(name, DnsMessage.Parse([0, 7, 0x81, code, 0, 0, 0, 0, 0, 0, 0, 0], 7).ToString());

    [Fact]
    public void The_answer_to_another_question_or_a_question_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => DnsMessage.Parse(Response, 8));
        Assert.Throws<InvalidDataException>(() => DnsMessage.Parse(DnsMessage.Question(7, "a"), 7));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Select(Gen.Byte.Array[0, 80], Gen.Int[0, Response.Length]).Sample((noise, cut) =>
    {
        byte[][] messages = [[0, 7, 0x80, .. noise], Response[..cut], [.. Response[..cut], .. noise]];
        foreach (var message in messages)
        {
            try
            {
                DnsMessage.Parse(message, 7);
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    });

    [Fact]
    public void A_question_is_labels_with_their_lengths() => Assert.Equal(
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'a', (byte)'p', (byte)'i', 2, (byte)'a', (byte)'i', 0, 0, 1, 0, 1],
        DnsMessage.Question(0x1234, "api.ai."));

    [Fact]
    public async Task Over_TCP_the_longest_name_goes_with_its_whole_length()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asking = DnsProbe.AskAsync((IPEndPoint)server.LocalEndpoint, name, tcp: true, device: null, TestContext.Current.CancellationToken);
        using var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var length = new byte[2];
        await client.GetStream().ReadExactlyAsync(length, TestContext.Current.CancellationToken);
        var question = new byte[(length[0] << 8) + length[1]];
        await client.GetStream().ReadExactlyAsync(question, TestContext.Current.CancellationToken);
        Assert.Equal(DnsMessage.Question(0, name).Length, question.Length);
        question[2] |= 0x80;
        await client.GetStream().WriteAsync((byte[])[.. length, .. question], TestContext.Current.CancellationToken);
        Assert.Equal("NOERROR", (await asking).ToString());
    }
}
