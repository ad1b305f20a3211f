using System.Diagnostics;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Proxies;

/// <summary>
/// The clients that take long, or are large to install: <c>apt-get install chromium openjdk-17-jdk-headless</c>, then
/// <c>Culvert.SystemTests -explicit only -class "*SlowClientTests" -showLiveOutput</c>.
/// </summary>
public sealed class SlowClientTests(ClientStack stack, ITestOutputHelper output) : IClassFixture<ClientStack>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData("http://127.0.0.1:1090", ClientStack.Secure)]
    [InlineData("http://127.0.0.1:1090", ClientStack.Clear)]
    [InlineData("socks5h://127.0.0.1:1080", ClientStack.Secure)]
    public async Task An_upload_of_a_gigabyte_arrives_unchanged(string proxy, string origin)
    {
        // What it should be, of the same bytes: 1 GiB of zeros.
        const string expected = "1073741824 49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14";
        Assert.Equal(expected, await AsDevAsync($"upload through {proxy} to {origin}", $"head -c 1073741824 /dev/zero | curl -sS -T - -x {proxy} {origin}/upload"));
    }

    [Theory(Explicit = true)]
    [InlineData("http://127.0.0.1:1090")]
    [InlineData("socks5://127.0.0.1:1080")]
    public async Task Chromium_shows_a_page_and_runs_its_script(string proxy)
    {
        var page = await AsDevAsync(
            $"Chromium through {proxy}",
            $"chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=$(mktemp -d) --ignore-certificate-errors --proxy-server={proxy} --virtual-time-budget=15000 --dump-dom {ClientStack.Secure}/page 2>/dev/null");
        Assert.Contains($"seen at {stack.Lab.Exit1.Address}", page, StringComparison.Ordinal);
    }

    [Theory(Explicit = true)]
    [InlineData("http", "1090")]
    [InlineData("socks", "1080")]
    public async Task Java_fetches_over_https_and_in_clear(string kind, string port)
    {
        const string trust = "d=$(mktemp -d) && csplit -sz -f $d/ca- -n 4 /etc/ssl/certs/ca-certificates.crt '/-----BEGIN/' '{*}' && "
            + "keytool -importcert -noprompt -keystore $d/store -storepass changeit -file $(ls $d/ca-* | tail -1) >/dev/null 2>&1";
        foreach (var url in (string[])["https://api.openai.com/ip", "http://openrouter.ai/ip"])
        {
            var said = await AsDevAsync(
                $"Java through {kind} to {url}",
                $"{trust} && java -Djavax.net.ssl.trustStore=$d/store -Djavax.net.ssl.trustStorePassword=changeit {RepositoryFiles.Client("Fetch.java")} {url} {kind} 127.0.0.1 {port}");
            Assert.Equal($"{stack.Lab.Exit1.Address}", said);
        }
    }

    private async Task<string> AsDevAsync(string what, string command)
    {
        var clock = Stopwatch.StartNew();
        var result = await stack.Culvert.RunAsync(["sh", "-c", command], app: false, Deadline, Token);
        output.WriteLine($"{what}: {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(result.Succeeded, result.Describe());
        return result.Output.Trim();
    }
}
