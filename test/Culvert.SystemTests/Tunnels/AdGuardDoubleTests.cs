using System.Text.Json;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Tunnels;

/// <summary>The lab's double of adguardvpn-cli carries through a real exit, and <c>culvert login</c> drives it.</summary>
public sealed class AdGuardDoubleTests
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly LabCommandOptions WithDouble = new()
    {
        Environment = new Dictionary<string, string> { ["PATH"] = $"{RepositoryFiles.AdGuardFolder}:/usr/sbin:/usr/bin:/sbin:/bin", ["HOME"] = "/run/home" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_connects_and_tun0_leads_to_the_exit_behind_the_city()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        DescribeWorld(lab);
        Assert.Equal((13, 11, 11), (await CodeAsync(lab, "setpriv", "--reuid=1000", "--clear-groups", "adguardvpn-cli", "connect", "--no-fork", "-l", "Stockholm"), await CodeAsync(lab, "adguardvpn-cli", "status"), await CodeAsync(lab, "adguardvpn-cli", "connect", "--no-fork", "-l", "Stockholm")));
        Assert.Equal(0, await CodeAsync(lab, "adguardvpn-cli", "login"));
        await using var client = await lab.Host.StartAsync("adguardvpn-cli", ["connect", "--no-fork", "-y", "-l", "Stockholm"], WithDouble, Token);
        await client.WaitForLineAsync(line => line == "Successfully Connected to STOCKHOLM", Deadline, Token);
        string[] call = ["-sS", "--interface", "tun0", "--resolve", $"api.ipify.org:443:{LabAddresses.Providers[3].Address}", "https://api.ipify.org/"];
        Assert.Equal($"{lab.Exit2.Address}", await lab.Host.RequireAsync("curl", call, Token));
        Assert.DoesNotContain("tun0 ", await lab.Host.RequireAsync("ip", ["route", "show", "default"], Token), StringComparison.Ordinal);
        var status = await lab.Host.RunAsync("adguardvpn-cli", ["status"], WithDouble, Deadline, Token);
        Assert.StartsWith("Connected to STOCKHOLM in TUN mode, running on tun0\n", status.Output, StringComparison.Ordinal);
        client.Signal(SigTerm);
        await client.WaitForLineAsync(line => line == "Disconnected", Deadline, Token);
        Assert.Equal("VPN is disconnected\n", (await lab.Host.RunAsync("adguardvpn-cli", ["status"], WithDouble, Deadline, Token)).Output);
    }

    [Theory]
    [InlineData("https://auth.adguard.io/device_code?user_code=LAB1-LAB2", false)]
    [InlineData("https://auth.adguard.io.evil.example/device_code", true)]
    public async Task Login_shows_the_link_and_warns_of_a_foreign_one(string link, bool foreign)
    {
        await using var lab = await LabInternet.StartAsync(Token);
        DescribeWorld(lab, link);
        lab.Host.WriteFile(StackInput.File, "vpn: {driver: adguard, locations: [Stockholm]}\n");
        var login = await new CulvertCli(lab.Host).CallAsync(["login"], WithDouble, Deadline, Token);
        Assert.True(login.Succeeded, login.Describe());
        Assert.Contains($"  {link}\n", login.Output, StringComparison.Ordinal);
        Assert.Contains("(30 min):", login.Output, StringComparison.Ordinal);
        Assert.Contains("Logged in as user@example.com, PREMIUM.", login.Output, StringComparison.Ordinal);
        Assert.Equal(foreign, login.Error.Contains("WARNING: the link below does not lead to AdGuard but to 'auth.adguard.io.evil.example'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Login_tells_programs_in_json_and_ctrl_c_ends_it_with_its_client()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        DescribeWorld(lab);
        lab.Host.WriteFile(StackInput.File, "vpn: {driver: adguard, locations: [Stockholm]}\n");
        var culvert = new CulvertCli(lab.Host);
        var login = await culvert.CallAsync(["login", "--json"], WithDouble, Deadline, Token);
        Assert.True(login.Succeeded, login.Describe());
        var lines = login.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(("https://auth.adguard.io/device_code?user_code=LAB1-LAB2", false), (lines[0].GetProperty("link").GetString(), lines[0].GetProperty("foreign").GetBoolean()));
        Assert.InRange(lines[0].GetProperty("expires").GetDateTimeOffset() - DateTimeOffset.Now, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        Assert.Equal((true, "user@example.com"), (lines[1].GetProperty("logged_in").GetBoolean(), lines[1].GetProperty("account").GetString()));

        DescribeWorld(lab, login: "wait");
        await using var waiting = await culvert.StartAsync(["login"], WithDouble, Token);
        await waiting.WaitForLineAsync(line => line.Contains("auth.adguard.io", StringComparison.Ordinal), Deadline, Token);
        waiting.Signal(SigInt);
        var given = await waiting.WaitAsync(Deadline, Token);
        Assert.Equal((1, "login: given up; nothing was changed.\n"), (given.ExitCode, given.Error));
        Assert.DoesNotContain(lab.Host.Processes, process => process.CommandLine.Any(word => word.EndsWith("/adguardvpn-cli", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Login_with_another_driver_is_wrong_use()
    {
        await using var lab = await LabInternet.StartAsync(Token);
        var login = await new CulvertCli(lab.Host).CallAsync(["login"], WithDouble, Deadline, Token);
        Assert.Equal(2, login.ExitCode);
        Assert.Contains("vpn.driver is openvpn, which needs no login", login.Error, StringComparison.Ordinal);
    }

    private static async Task<int> CodeAsync(LabInternet lab, string program, params string[] arguments) =>
        (await lab.Host.RunAsync(program, arguments, WithDouble, Deadline, Token)).ExitCode;

    private static void DescribeWorld(LabInternet lab, string link = "https://auth.adguard.io/device_code?user_code=LAB1-LAB2", string login = "approve") => lab.Host.WriteFile(
        "/etc/adguard-double.json",
        JsonSerializer.Serialize(new
        {
            link,
            login,
            locations = new[]
            {
                new { iso = "DE", country = "Germany", city = "Frankfurt", ping = 20, profile = $"{StackInput.Folder}/exit1.ovpn" },
                new { iso = "SE", country = "Sweden", city = "Stockholm", ping = 30, profile = $"{StackInput.Folder}/exit2.ovpn" },
            },
        }));
}
