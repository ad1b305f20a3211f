using Culvert.Stack;
using Culvert.Tunnel.Drivers;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tests.Tunnel.Drivers;

public sealed class ClientLogTests : IDisposable
{
    private const string Canary = "canary-p4ss";
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData("I", false)]
    [InlineData("", false)]
    [InlineData("D", false)]
    [InlineData("W", true)]
    [InlineData("N", true)]
    [InlineData("F", true)]
    [InlineData("WI", true)]
    public void Warnings_and_errors_are_passed_on(string flags, bool shown)
    {
        Log().Take(new ManagementLine.Log(flags, "something"));
        Assert.Equal(shown ? "openvpn: something\n" : "", output.ToString());
    }

    [Fact]
    public void Errors_are_kept_as_the_reason_and_warnings_are_not()
    {
        var log = Log();
        log.Take(new ManagementLine.Log("N", "TLS handshake failed"));
        log.Take(new ManagementLine.Log("W", "a warning"));
        Assert.Equal("TLS handshake failed", log.LastTrouble);
    }

    [Fact]
    public void The_password_is_in_no_line_however_it_comes()
    {
        var log = Log();
        log.Take(new ManagementLine.Log("W", $"password \"Auth\" {Canary}{Canary}"));
        log.Take(new ManagementLine.Log("N", new string('x', 295) + Canary));
        log.Take(new ManagementLine.Log("W", $"MANAGEMENT: CMD 'password \"Auth\" {Canary}'"));
        Assert.DoesNotContain("canary", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", log.LastTrouble, StringComparison.Ordinal);
        Assert.DoesNotContain("MANAGEMENT", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, $"{new Login("alice", new Secret(Canary))}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_can_neither_drive_the_terminal_nor_forge_a_line()
    {
        Log().Take(new ManagementLine.Log("W", "CN=\u001b[2J\u202Eevil\u2028x\r\ntunnel: connected"));
        Assert.Equal("openvpn: CN=?[2J?evil?x??tunnel: connected\n", output.ToString());
    }

    [Fact]
    public void A_long_line_is_cut()
    {
        Log().Take(new ManagementLine.Log("W", new string('x', 100_000)));
        Assert.Equal("openvpn: ".Length + 300 + 1, output.ToString().Length);
    }

    [Fact]
    public void The_same_line_again_is_said_once_and_a_flood_is_cut_until_the_next_minute()
    {
        var log = Log();
        log.Take(new ManagementLine.Log("W", "same"));
        log.Take(new ManagementLine.Log("W", "same"));
        Assert.Single(Written());
        for (var i = 0; i < 100; i++)
        {
            log.Take(new ManagementLine.Log("W", $"line {i}"));
        }

        Assert.Equal(30, Written().Length);
        Assert.Contains("left out", Written()[^1], StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        log.Take(new ManagementLine.Log("W", "the next minute"));
        Assert.Equal("openvpn: the next minute", Written()[^1]);
    }

    [Fact]
    public void A_login_is_said_so_that_quotes_and_backslashes_stay_what_they_are() => Assert.Equal(
        ["username \"Auth\" \"al\\\"ice\"", "password \"Auth\" \"p\\\\w\\\"\""],
        new Login("al\"ice", new Secret("p\\w\"")).Answers());

    public void Dispose() => output.Dispose();

    private ClientLog Log() => new("openvpn", output, time, new Secret(Canary));

    private string[] Written() => output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
