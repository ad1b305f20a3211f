using CsCheck;
using Culvert.DnsMessages;

namespace Culvert.Tests.DnsMessages;

public sealed class DnsReplyTests
{
    private static readonly byte[] Query = DnsMessage.Question(0x1234, "api.example");

    [Fact]
    public void A_failure_repeats_the_question_and_says_servfail()
    {
        var reply = DnsReply.Failure(Query);
        Assert.Equal(2, DnsMessage.Parse(reply, 0x1234).ResponseCode);
        Assert.Equal(Query[4..], reply[4..]);
    }

    [Theory]
    [InlineData(512, 0, true)]
    [InlineData(513, 0, false)]
    [InlineData(1232, 1, true)]
    [InlineData(1233, 1, false)]
    public void What_is_too_long_for_udp_is_cut_to_its_question_and_says_so(int length, byte additional, bool whole)
    {
        byte[] query = [.. Query];
        query[11] = additional;
        byte[] answer = [.. Query, .. new byte[length - Query.Length]];
        var reply = DnsReply.ForUdp(query, answer);
        Assert.Equal(whole ? length : Query.Length, reply.Length);
        Assert.Equal(!whole, (reply[2] & 2) != 0);
    }

    [Fact]
    public void What_is_no_query_is_refused_and_never_read_past_its_end() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        try
        {
            Assert.InRange(DnsReply.Failure(bytes).Length, 12, bytes.Length);
        }
        catch (InvalidDataException)
        {
            // As it should.
        }
    });
}
