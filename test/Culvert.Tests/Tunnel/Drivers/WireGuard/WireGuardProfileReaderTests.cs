using System.Net;
using CsCheck;
using Culvert.Stack;
using Culvert.Tests.Stack;
using Culvert.Tunnel.Drivers.WireGuard;
using static Culvert.Tests.Tunnel.Drivers.WireGuard.WireGuardProfileText;

namespace Culvert.Tests.Tunnel.Drivers.WireGuard;

public sealed class WireGuardProfileReaderTests
{
    private static readonly string[] SafeKeys =
        ["PrivateKey", "Address", "MTU", "PublicKey", "PresharedKey", "Endpoint", "AllowedIPs", "PersistentKeepalive"];

    [Fact]
    public void A_usual_configuration_becomes_its_peer_and_an_address()
    {
        var profile = Read(Usual);
        var peer = Assert.Single(profile.Peers);
        Assert.Equal(new Carrier("udp", "203.0.113.11", 51820), peer.Carrier);
        Assert.Equal((PrivateKey, PublicKey), (profile.PrivateKey!.RevealBase64(), peer.PublicKey!.RevealBase64()));
        Assert.Equal((IPAddress.Parse("10.9.1.2"), 1420, 25), (profile.Address, profile.Mtu, peer.Keepalive));
        Assert.Null(peer.PresharedKey);
    }

    [Fact]
    public void What_comes_out_goes_in_again_and_comes_out_the_same()
    {
        var text = Usual + $"PresharedKey = {SharedKey}\nPersistentKeepalive = off\n[Peer]\nPublicKey={PublicKey}\nAllowedIPs=0.0.0.0/1,128.0.0.0/1\nEndpoint=203.0.113.12:53";
        var profile = Read(text);
        Assert.Equal(profile.SelfContained, Read(profile.SelfContained).SelfContained);
        Assert.Equal(["203.0.113.11", "203.0.113.12"], profile.Peers.Select(p => p.Carrier.Address));
        Assert.Equal(0, profile.Peers[0].Keepalive);
    }

    [Fact]
    public void Hold_gets_the_endpoints_and_no_key()
    {
        var text = Read(Usual).EndpointsOnly;
        Assert.Equal("[Peer]\nEndpoint = 203.0.113.11:51820\n", text);
        Assert.Equal(new Carrier("udp", "203.0.113.11", 51820), Assert.Single(Read(text, whole: false).Peers).Carrier);
    }

    [Fact]
    public void Case_comments_and_line_ends_are_no_matter() => Assert.Equal(
        Read(Usual).SelfContained,
        Read("\uFEFF# made by hand\r\n" + Usual.Replace("PrivateKey", "privatekey", StringComparison.Ordinal).Replace("[Peer]", "[PEER] # Frankfurt", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)).SelfContained);

    [Theory]
    [InlineData("[Interface]\nPostUp = /bin/sh -c id", "runs a program")]
    [InlineData("[Interface]\npreup = wg set %i private-key /tmp/x", "runs a program")]
    [InlineData("[Interface]\nPostDown = /bin/true", "runs a program")]
    [InlineData("[Interface]\nFwMark = 51820", "marks packets")]
    [InlineData("[Interface]\nMTU = 20", "not a number in its range")]
    [InlineData("[Interface]\nAddress = 127.0.0.1/8", "no host's IPv4 address")]
    [InlineData("[Interface]\nAddress = 10.9.1", "no host's IPv4 address")]
    [InlineData("[Interface]\nPrivateKey = c2hvcnQ=", "not a WireGuard key")]
    [InlineData("[Interface]\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not a WireGuard key")]
    [InlineData("[Interface]\nFrobnicate = 1", "no such key")]
    [InlineData("[Interface]\nEndpoint = 203.0.113.12:1", "under [Peer]")]
    [InlineData("[Peer]\nEndpoint = vpn.example.com:51820", "given by name")]
    [InlineData("[Peer]\nEndpoint = [2001:db8::1]:51820", "IPv6")]
    [InlineData("[Peer]\nEndpoint = 127.0.0.1:51820", "no server can have")]
    [InlineData("[Peer]\nEndpoint = 203.0.113.12", "ADDRESS:PORT")]
    [InlineData("[Peer]\nEndpoint = 203.0.113.12:0", "ADDRESS:PORT")]
    [InlineData("[Peer]\nPersistentKeepalive = -1", "not a number in its range")]
    [InlineData("[Peer]\nPrivateKey = x", "under [Interface]")]
    [InlineData("[Peer]\nPresharedKeyFile = /dev/zero", "not an ordinary file")]
    [InlineData("[Nonsense]\nx = y", "neither [Interface] nor [Peer]", 1)]
    [InlineData("[Interface]\nrubbish", "not `Key = value`")]
    public void A_dangerous_or_broken_line_is_refused_by_its_number(string lines, string why, int line = 2) => Assert.Contains(
        Problems(lines + "\n" + Usual),
        problem => problem.StartsWith($"exit.conf:{line}: ", StringComparison.Ordinal) && problem.Contains(why, StringComparison.Ordinal));

    [Theory]
    [InlineData("PrivateKey", "no PrivateKey")]
    [InlineData("Address", "no IPv4 Address")]
    [InlineData("PublicKey", "no PublicKey")]
    [InlineData("Endpoint", "no Endpoint")]
    [InlineData("AllowedIPs", "leave addresses out")]
    public void What_is_missing_is_said(string key, string what) => Assert.Contains(
        what, Assert.Single(Problems(string.Join('\n', Usual.Split('\n').Where(l => !l.StartsWith(key, StringComparison.Ordinal))))), StringComparison.Ordinal);

    [Fact]
    public void No_peer_is_no_server() => Assert.Contains("no [Peer]", Assert.Single(Problems($"[Interface]\nPrivateKey = {PrivateKey}\nAddress = 10.9.1.2/32\n")), StringComparison.Ordinal);

    [Fact]
    public void A_peer_that_carries_only_some_addresses_is_refused() =>
        Assert.Contains("leave addresses out", Assert.Single(Problems(Usual.Replace("0.0.0.0/0, ::/0", "10.0.0.0/8", StringComparison.Ordinal))), StringComparison.Ordinal);

    [Fact]
    public void Keys_may_be_in_files_that_only_their_owner_reads()
    {
        using var folder = new TemporaryFolder();
        folder.Write("private.key", PrivateKey + "\n");
        folder.Write("shared.key", SharedKey);
        var text = Usual.Replace($"PrivateKey = {PrivateKey}", "PrivateKeyFile = private.key", StringComparison.Ordinal) + "PresharedKeyFile = shared.key\n";
        var profile = Read(text, folder: folder);
        Assert.Equal((PrivateKey, SharedKey), (profile.PrivateKey!.RevealBase64(), profile.Peers[0].PresharedKey!.RevealBase64()));
        folder.Write("shared.key", SharedKey, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Single(Problems(text, folder: folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_in_no_message_and_no_print()
    {
        var profile = Read(Usual);
        Assert.DoesNotContain(PrivateKey, $"{profile} {profile.Peers[0]} {profile.PrivateKey}", StringComparison.Ordinal);
        var problems = Problems(Usual + $"\n{PrivateKey}\n[Interface]\n{PrivateKey.TrimEnd('=')} = x\nPrivateKey = {PrivateKey}x\n");
        Assert.Equal(3, problems.Count);
        Assert.All(problems, problem => Assert.DoesNotContain("AQIDBAUG", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_text_is_a_configuration_or_has_problems_that_a_terminal_can_show() =>
        Gen.OneOf(Gen.String, Lines()).Sample(text => Problems(text).Concat(Problems(text, whole: false)).All(p => !p.Any(char.IsControl)), iter: 2000);

    [Fact]
    public void Nothing_dangerous_comes_out_of_any_mixture() => Lines().Sample(text =>
    {
        if (new WireGuardProfileReader("exit.conf", whole: true).Read(Usual + text, out _) is { } profile)
        {
            Assert.All(
                profile.SelfContained.Split('\n').Where(l => l.Length > 0 && l[0] != '['),
                line => Assert.Contains(line.Split(" = ")[0], SafeKeys));
        }
    }, iter: 5000);

    private static Gen<string> Lines()
    {
        string[] pieces = ["[Peer]", "[Interface]", "\n", "\n", "=", " = ", "Endpoint", "203.0.113.12:53", "PostUp", "FwMark", "Address", "10.9.1.3/32", "PublicKey", PublicKey, "AllowedIPs", "0.0.0.0/0", "#", "\r", "\0", "\u001b", "MTU", "1400", "PersistentKeepalive", "65536"];
        return Gen.OneOf(pieces).Array[0, 40].Select(string.Concat);
    }
}
