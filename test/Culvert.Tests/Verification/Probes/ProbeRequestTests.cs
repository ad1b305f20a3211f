using System.Net;
using System.Text.Json;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification.Probes;

public sealed class ProbeRequestTests
{
    private static readonly Uri Service = new("https://ip.example/");

    [Fact]
    public void Nothing_secret_is_an_argument()
    {
        var secrets = new ProbeSecrets("alice", "canary-password", new Dictionary<string, string> { ["Authorization"] = "Bearer canary-token" }, "https://x:canary-url@ip.example/?key=canary-key");
        var request = ProbeRequest.Http([Service], new Uri("http://vpn:1090"), secrets).AsNobody();
        Assert.DoesNotContain(request.Arguments, argument => argument.Contains("canary", StringComparison.Ordinal) || argument.Contains("alice", StringComparison.Ordinal));
        var read = JsonSerializer.Deserialize(request.Input!, ProbeJson.Default.ProbeSecrets)!;
        Assert.Equal(("alice", "canary-password", "Bearer canary-token"), (read.User, read.Password, read.Headers!["Authorization"]));
        Assert.Equal("***", $"{secrets}");
    }

    [Fact]
    public void The_payload_of_an_exchange_goes_by_standard_input()
    {
        var request = ProbeRequest.TcpExchange("vpn", 1090, TimeSpan.FromSeconds(1.5), "Authorization: canary");
        Assert.Equal(["tcp", "vpn", "1090", "--stdin", "--timeout", "1.5"], request.Arguments);
        Assert.Equal("Authorization: canary", request.Input);
    }

    [Fact]
    public void Its_words_are_those_of_culvert_probe()
    {
        var second = TimeSpan.FromSeconds(1);
        Assert.Equal(
            ["dns", "8.8.8.8", "53", "--name", "api.example", "--tcp", "--device", "uplink0", "--timeout", "1", "--uid", "65534"],
            ProbeRequest.Dns(new IPEndPoint(IPAddress.Parse("8.8.8.8"), 53), "api.example", tcp: true, second, "uplink0").AsNobody().Arguments);
        Assert.Equal(
            ["udp", "192.0.2.1", "9", "--from-port", "20000", "--timeout", "1"],
            ProbeRequest.Udp(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9), second, fromPort: 20000).Arguments);
    }

    [Fact]
    public void Each_of_several_services_has_its_time() => Assert.Equal(
        TimeSpan.FromSeconds(5),
        ProbeRequest.Http([Service, Service], null, ProbeSecrets.None).Deadline - ProbeRequest.Http([Service], null, ProbeSecrets.None).Deadline);
}
