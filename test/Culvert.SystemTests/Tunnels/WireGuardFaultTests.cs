using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Faults;

namespace Culvert.SystemTests.Tunnels;

/// <summary>The cases of the conformance suite that are WireGuard's own: its carrier is UDP, and what a server of OpenVPN's pushes stands in its file.</summary>
public sealed partial class WireGuardFaultTests
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int OtherPort = 1195;

    /// <summary>A datagram that says leak and, where it is not refused on the way out, a moment to hear of it.</summary>
    private const string Send = """
        import socket, sys
        tried = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tried.settimeout(1)
        if len(sys.argv) > 3: tried.setsockopt(socket.SOL_SOCKET, 25, sys.argv[3].encode())
        tried.connect((sys.argv[1], int(sys.argv[2])))
        tried.send(b"leak")
        try: tried.recv(1)
        except TimeoutError: print("sent")
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fault_16_and_19_what_wg_quick_would_do_with_the_file_is_not_done()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var profile = await File.ReadAllTextAsync(stack.Lab.Host.PathOf($"{StackInput.Folder}/exit1.conf"), Token);
        Assert.Contains("DNS = 8.8.8.8", profile, StringComparison.Ordinal);
        stack.Lab.Host.WriteFile($"{StackInput.Folder}/exit1.conf", profile.Replace("AllowedIPs = ", "AllowedIPs = 198.51.100.20/32, 198.51.100.0/24, ", StringComparison.Ordinal), Secret);
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        var before = await stack.CountAsync();
        await using (var load = await stack.StartLoadAsync())
        {
            Assert.Empty(await DoneBesidesAsync(words => stack.AsRootInsideAsync(words)));
            Assert.Equal("nameserver 127.0.0.1", (await stack.AsDevAsync("grep", "^nameserver", "/etc/resolv.conf")).Output.Trim());
            Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());
            Assert.True((await load.StopAsync(Token)).Tried > 0);
        }

        var seen = (await stack.CountAsync()).Since(before);
        Assert.True(seen.Leaked == 0 && stack.Lab.Eavesdropper.Heard.Count == 0, $"{seen}, heard {stack.Lab.Eavesdropper.Heard.Count}");

        // The control: wg-quick does all of it with the same file. What would change the system's DNS writes down that it was called.
        await stack.Culvert.DownAsync(Token);
        stack.Lab.Host.WriteFile("/run/bin/resolvconf", "#!/bin/sh\ncat >>/run/asked\n", Secret | UnixFileMode.UserExecute);
        var options = new LabCommandOptions { Environment = new Dictionary<string, string> { ["PATH"] = "/run/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["WG_QUICK_USERSPACE_IMPLEMENTATION"] = "wireguard-go" } };
        var quick = await stack.Lab.Host.RunAsync("wg-quick", ["up", $"{StackInput.Folder}/exit1.conf"], options, LabPlace.DefaultDeadline, Token);
        Assert.True(quick.Succeeded, quick.Describe());
        Assert.Equal(Forbidden, await DoneBesidesAsync(words => stack.Lab.Host.RequireAsync(words[0], [.. words.Skip(1)], Token)));
        Assert.Contains("nameserver 8.8.8.8", await File.ReadAllTextAsync(stack.Lab.Host.PathOf("/run/asked"), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20_another_port_of_the_carriers_address", OtherPort)]
    [InlineData("21_the_carriers_address_and_port_from_devs_uid", LabAddresses.OpenVpnPort)]
    public async Task Fault_20_and_21_are_refused_at_once_over_udp_and_over_tcp(string fault, int port)
    {
        const string Connect = "import socket, sys\nsocket.create_connection((sys.argv[1], int(sys.argv[2])), 5)\nprint('connected')";
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var exit = stack.Lab.Exit1;
        // On TCP there is OpenVPN at the carrier's port. What says leak over UDP is counted, whoever listens.
        await using var server = await exit.Place.StartAsync(RepositoryFiles.Python, ["-m", "http.server", $"{OtherPort}"], LabCommandOptions.None, Token);
        await exit.Place.RequireAsync(
            "nft", ["-f", "-"], Token, "table ip heard {\n chain in {\n type filter hook prerouting priority raw; policy accept;\n udp dport 1194-1195 @th,64,32 0x6c65616b counter\n }\n}\n");
        var up = await stack.Culvert.UpAsync(Token);
        Assert.True(up.Succeeded, up.Describe());
        string[] target = [$"{exit.Address}", $"{port}"];
        await using (var load = await stack.StartLoadAsync(RunningStack.Uplink))
        {
            foreach (var device in new[] { Array.Empty<string>(), [RunningStack.Uplink] })
            {
                var sent = await stack.PythonAsDevAsync(Send, [.. target, .. device]);
                Assert.True(sent.Error.Contains("PermissionError", StringComparison.Ordinal) && sent.Elapsed < TimeSpan.FromSeconds(2), $"{fault}, {device.Length}: {sent.Describe()}");
            }

            var connected = await stack.PythonAsDevAsync(Connect, target);
            Assert.True(connected.Error.Contains("ConnectionRefusedError", StringComparison.Ordinal) && connected.Elapsed < TimeSpan.FromSeconds(2), $"{fault}: {connected.Describe()}");
            Assert.True((await load.StopAsync(Token)).Tried > 0);
        }

        Assert.Equal(0, await HeardAsync(exit));
        Assert.Equal("203.0.113.11", await stack.ExitSeenByDevAsync());

        await stack.UnguardAsync();
        await RunningStack.WaitForAsync("without the guard the exit hears the same datagram", async () =>
        {
            await stack.PythonAsDevAsync(Send, target);
            return await HeardAsync(exit) > 0;
        });
        await RunningStack.WaitForAsync("without the guard the same try connects", async () => (await stack.PythonAsDevAsync(Connect, target)).Output == "connected\n");
    }

    [Fact]
    public async Task Fault_30_the_servers_name_is_not_resolved_in_clear()
    {
        var (stack, _) = await WireGuardStack.PrepareAsync();
        await using var all = stack;
        var path = $"{StackInput.Folder}/exit1.conf";
        var profile = (await File.ReadAllTextAsync(stack.Lab.Host.PathOf(path), Token)).Replace($"Endpoint = {stack.Lab.Exit1.Address}", "Endpoint = exit1.lab.example", StringComparison.Ordinal);
        stack.Lab.Host.WriteFile(path, profile, Secret);
        var up = await stack.Culvert.UpAsync(Token, "--timeout", "5");
        Assert.Equal(2, up.ExitCode);
        Assert.Contains("in clear", up.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(stack.Lab.Eavesdropper.Heard, query => query.Name.Contains("exit1", StringComparison.Ordinal));

        // The control: wg asks in clear, and that is heard.
        await using var client = await stack.Lab.Host.StartAsync("wg-quick", ["up", path], new(), Token);
        await RunningStack.WaitForAsync("the eavesdropper hears wg resolve the server", () =>
            Task.FromResult(stack.Lab.Eavesdropper.Heard.Any(query => query.Name.Contains("exit1", StringComparison.Ordinal))));
    }

    private static string[] Forbidden => ["mark in nftables", "fwmark", "another table", "route of the file"];

    /// <summary>What a namespace shows of these, besides what it has anyway.</summary>
    private static async Task<IReadOnlyList<string>> DoneBesidesAsync(Func<IReadOnlyList<string>, Task<string>> run)
    {
        var rules = await run(["ip", "rule", "show"]);
        var routes = await run(["ip", "route", "show", "table", "all"]);
        bool[] done =
        [
            (await run(["nft", "list", "ruleset"])).Contains("mark", StringComparison.Ordinal),
            rules.Contains("fwmark", StringComparison.Ordinal),
            routes.Contains("table 51820", StringComparison.Ordinal),
            routes.Contains("198.51.100.", StringComparison.Ordinal),
        ];
        return [.. Forbidden.Where((_, place) => done[place])];
    }

    private static async Task<int> HeardAsync(LabExit exit) =>
        int.Parse(Packets().Match(await exit.Place.RequireAsync("nft", ["list", "table", "ip", "heard"], Token)).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"counter packets (\d+)")]
    private static partial Regex Packets();
}
