using CsCheck;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Tests.Tunnel.Drivers.WireGuard;

public sealed class WireGuardControlTests
{
    // As wireguard-go 0.0.20220316 prints it.
    private const string Answer = """
        private_key=0001010101010101010101010101010101010101010101010101010101010141
        listen_port=39587
        public_key=0202020202020202020202020202020202020202020202020202020202020202
        preshared_key=0000000000000000000000000000000000000000000000000000000000000000
        protocol_version=1
        endpoint=127.0.0.1:51820
        last_handshake_time_sec=SECONDS
        last_handshake_time_nsec=NANOSECONDS
        tx_bytes=148
        rx_bytes=RECEIVED
        persistent_keepalive_interval=25
        allowed_ip=0.0.0.0/0
        errno=ERRNO


        """;

    [Theory]
    [InlineData("0", "0", "0", "0", false, 0)]
    [InlineData("1700000000", "0", "92", "0", true, 92)]
    [InlineData("0", "5", "92", "0", true, 92)]
    [InlineData("x", "-1", "99999999999999999999", "0", false, 0)]
    public void The_state_is_read_from_the_clients_own_words(string seconds, string nanoseconds, string received, string errno, bool handshaken, long bytes) =>
        Assert.Equal(new WireGuardState(handshaken, bytes), Parse(seconds, nanoseconds, received, errno));

    [Fact]
    public void An_error_or_half_an_answer_is_no_state()
    {
        Assert.Null(Parse("1700000000", "0", "92", "-5"));
        Assert.Null(WireGuardControl.ParseState(["last_handshake_time_sec=1700000000"]));
        Assert.Null(WireGuardControl.ParseState([]));
    }

    [Theory]
    [InlineData("errno=0\n\n", true)]
    [InlineData("errno=0\nerrno=-22\n\n", false)]
    [InlineData("rx_bytes=1\n", false)]
    public void An_answer_is_accepted_when_it_ends_without_an_error(string answer, bool accepted) =>
        Assert.Equal(accepted, WireGuardControl.IsAccepted(answer.Split('\n')));

    [Fact]
    public void A_configuration_is_one_peer_for_everything_and_no_mark()
    {
        var profile = WireGuardProfileText.Read(WireGuardProfileText.Usual + $"PresharedKey = {WireGuardProfileText.SharedKey}\n");
        Assert.Equal(
            """
            set=1
            private_key=0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20
            replace_peers=true
            public_key=2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40
            preshared_key=4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60
            endpoint=203.0.113.11:51820
            persistent_keepalive_interval=25
            replace_allowed_ips=true
            allowed_ip=0.0.0.0/0


            """,
            WireGuardControl.SetMessage(profile.PrivateKey!, profile.Peers[0]));
    }

    [Fact]
    public void Any_answer_is_a_state_or_none() => Gen.String.Array.Sample(lines => WireGuardControl.ParseState(lines) is null or { Received: >= 0 });

    private static WireGuardState? Parse(string seconds, string nanoseconds, string received, string errno) =>
        WireGuardControl.ParseState(Answer
            .Replace("NANOSECONDS", nanoseconds, StringComparison.Ordinal)
            .Replace("SECONDS", seconds, StringComparison.Ordinal)
            .Replace("RECEIVED", received, StringComparison.Ordinal)
            .Replace("ERRNO", errno, StringComparison.Ordinal)
            .Split('\n'));
}
