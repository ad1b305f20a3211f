using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Docker;

/// <summary>The dev container with the real VS Code Server and the real Kilo CLI.</summary>
[Collection(DockerCollection.Name)]
public sealed class DevInDockerTests(DockerStack stack)
{
    private static readonly TimeSpan KiloDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BrowserDeadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kilo_run_reaches_the_provider_from_the_exit()
    {
        await stack.UpAsync();
        await stack.WriteInDevAsync("$HOME/.config/kilo/kilo.json", DockerStack.KiloInTheLab);
        var key = CallMaker.NewKey();
        var before = await stack.CountAsync();
        var kilo = await stack.Engine.DockerAsync(
            ["exec", "--env", $"LLM_KEY={key}", "dev", "timeout", "100", "kilo", "run", "say hi"], Token, KiloDeadline);
        var call = await stack.Lab.Providers.FindCallAsync(key, TimeSpan.FromSeconds(5), Token);
        Assert.True(call is { Completed: true, Status: 200, Host: "api.openai.com" }, $"{call} {kilo.Describe()}");
        Assert.Equal(DockerStack.ExitAddress, call.Peer);
        Assert.True(kilo.Succeeded, kilo.Describe());
        Assert.Contains($"sees you at {DockerStack.ExitAddress}", kilo.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
    }

    [Fact]
    public async Task Vs_code_server_shows_its_page_in_a_browser_on_the_host_and_lets_in_who_has_the_password()
    {
        await stack.UpAsync();
        var page = await stack.Lab.Host.RunAsync(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--user-data-dir=/run/browser", "--virtual-time-budget=10000", "--dump-dom", "http://127.0.0.1:8080/",
            ],
            LabCommandOptions.None,
            BrowserDeadline,
            Token);
        Assert.Contains("<title>code-server login</title>", page.Output, StringComparison.Ordinal);
        var password = (await stack.ExecAsync("dev", "dev-password")).Output.Trim();
        Assert.True(password.Length > 16, "no password");
        string[] login = ["--silent", "--cookie-jar", "/run/cookies", "--output", "/dev/null", "--write-out", "%{http_code}"];
        Assert.Equal("200", await stack.Lab.Host.RequireAsync("curl", [.. login, "--data", "password=wrong", "http://127.0.0.1:8080/login"], Token));
        Assert.Equal("302", await stack.Lab.Host.RequireAsync("curl", [.. login, "--data", $"password={password}", "http://127.0.0.1:8080/login"], Token));
        var workbench = await stack.Lab.Host.RequireAsync("curl", ["--silent", "--location", "--cookie", "/run/cookies", "http://127.0.0.1:8080/?folder=/workspace"], Token);
        Assert.Contains("vscode-workbench-web-configuration", workbench, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy NODE_USE_ENV_PROXY")]
    public async Task Each_way_in_which_a_tool_calls_leaves_by_the_exit_with_and_without_proxy_settings(string settings)
    {
        await stack.UpAsync();
        var before = await stack.CountAsync();
        var calls = await ShellAsync($"{settings}; exec node -e '{EveryWay}'");
        string[] ways = ["https", "fetch", "raw tls", "child curl", "child node"];
        Assert.Equal(string.Concat(ways.Select(way => $"{way}: {DockerStack.ExitAddress}\n")), calls.Output + calls.Error);
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
    }

    // In the Node that runs VS Code Server's extensions, with the environment that they have.
    private const string EveryWay = """
        const https = require("https"), tls = require("tls"), { execFileSync } = require("child_process");
        const host = "api.ipify.org", url = `https://${host}`;
        const ended = stream => new Promise((done, fail) => {
          let text = "";
          stream.on("data", part => text += part).on("end", () => done(text)).on("error", fail);
        });
        const ways = {
          "https": () => new Promise((done, fail) => https.get(url, answer => ended(answer).then(done, fail)).on("error", fail)),
          "fetch": async () => (await fetch(url)).text(),
          "raw tls": () => {
            const socket = tls.connect(443, host, { servername: host });
            socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
            return ended(socket).then(text => text.split("\r\n\r\n")[1]);
          },
          "child curl": () => execFileSync("curl", ["--silent", url], { encoding: "utf8" }),
          "child node": () => execFileSync("node", ["-e", `fetch("${url}").then(answer => answer.text()).then(console.log)`], { encoding: "utf8" }),
        };
        (async () => {
          for (const [way, call] of Object.entries(ways)) {
            const text = await call();
            console.log(`${way}: ${(/\d+\.\d+\.\d+\.\d+/.exec(text) || [text])[0]}`);
          }
        })().catch(error => { console.error(error); process.exit(1); });
        """;

    private Task<LabCommandResult> ShellAsync(string script) => stack.ExecAsync("dev", "sh", "-c", $"umask 077; {script}");
}
