using System.Net.Security;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Probes;

public sealed class ClientHelloTests
{
    [Fact]
    public async Task Finds_the_name_in_what_a_real_client_sends_first_however_little_of_it_has_come()
    {
        using var sent = new FirstWrite();
        using var client = new SslStream(sent);
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync("api.openai.com"));
        var hello = sent.Bytes;
        Assert.Equal((HelloState.Named, "api.openai.com"), Read(hello));
        var complete = Enumerable.Range(1, hello.Length).First(length => Read(hello.AsSpan(0, length)).State == HelloState.Named);
        Assert.All(Enumerable.Range(1, complete - 1), length => Assert.Equal((HelloState.Partial, null), Read(hello.AsSpan(0, length))));
    }

    [Fact]
    public void Reads_back_what_the_proof_sends() => Assert.Equal((HelloState.Named, "proof-1.invalid"), Read(ClientHello.Naming("proof-1.invalid")));

    [Theory]
    [InlineData("")]
    [InlineData("474554202f20485454502f312e31")]
    [InlineData("17030300050102030405")]
    [InlineData("160301000502000001")]
    [InlineData("16030100040100000000")]
    public void Other_bytes_name_nobody(string hex) => Assert.Equal((HelloState.Nameless, null), Read(Convert.FromHexString(hex)));

    [Fact]
    public void Random_bytes_after_a_right_beginning_end_in_an_answer()
    {
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = ClientHello.Naming("api.example");
            for (var change = 0; change < 3; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    private static (HelloState State, string? Name) Read(ReadOnlySpan<byte> bytes) => (ClientHello.Read(bytes, out var name), name);

    /// <summary>Keeps the first message and hangs up.</summary>
    private sealed class FirstWrite : Stream
    {
        public byte[] Bytes { get; private set; } = [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override void Write(byte[] buffer, int offset, int count) => Bytes = [.. Bytes, .. buffer.AsSpan(offset, count)];

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
