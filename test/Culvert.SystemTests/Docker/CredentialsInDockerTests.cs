using Culvert.Lab.Providers;
using Culvert.Lab.Run;
using Culvert.Lab.Sandboxing;

namespace Culvert.SystemTests.Docker;

/// <summary>What a person logs in to in dev stays in dev and goes with it.</summary>
[Collection(DockerCollection.Name)]
public sealed class CredentialsInDockerTests(DockerStack stack)
{
    private static readonly TimeSpan KiloDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan RecordDeadline = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_entered_in_dev_is_nowhere_on_the_host_once_dev_is_removed()
    {
        await stack.UpAsync();
        var (canary, prompt, control) = (CallMaker.NewKey(), $"prompt-canary-{Guid.NewGuid():n}", $"sk-control-{Guid.NewGuid():n}");
        // Kilo stores the key itself, through its own server, and what it is told beside it.
        await stack.WriteInDevAsync("$HOME/.config/kilo/kilo.json", DockerStack.KiloInTheLab.Replace(",\"apiKey\":\"{env:LLM_KEY}\"", "", StringComparison.Ordinal));
        await ShellAsync("kilo serve --port 4096 >/dev/null 2>&1 & for i in $(seq 150); do curl -sf --max-time 1 http://127.0.0.1:4096/config >/dev/null && break; sleep 0.2; done");
        var login = await ShellAsync(
            $$"""curl -sS --fail-with-body -X PUT -H 'content-type: application/json' -d '{"type":"api","key":"{{canary}}"}' http://127.0.0.1:4096/auth/lab""");
        Assert.True(login.Succeeded, login.Describe());
        var kilo = await RunKiloAsync($"timeout 100 kilo run 'say {prompt}'");
        var call = await stack.Lab.Providers.FindCallAsync(canary, RecordDeadline, Token);
        Assert.True(call is { Status: 200 }, $"{call} {kilo.Describe()}");
        // Whoever has the password is given a cookie, which is the browser's.
        var password = (await stack.ExecAsync("dev", "dev-password")).Output.Trim();
        var cookie = await CookieAsync(password);
        Assert.Matches("(?m)/kilo/auth[.]json$", await InsideAsync(canary));
        Assert.Matches("(?m)/kilo/kilo[.]db(-wal)?$", await InsideAsync(prompt));
        Assert.Equal("/home/dev/.config/code-server/config.yaml\n", await InsideAsync(password));
        Assert.Equal("", (await ShellAsync("find /home/dev -type f -perm /077 ! -path '*/extensions/*' ! -path '*/node_modules/*'")).Output);
        // The control goes where a careless tool would put it: into the workspace, which is the host's.
        await ShellAsync($"echo {control} >/workspace/careless");

        await stack.DockerAsync("rm", "--force", "dev");
        // One look for all: it sees the control, and so would have seen the others.
        Assert.Equal($"{DockerStack.Folder}/workspace/careless\n", await OnTheHostAsync(canary, prompt, password, cookie, control));
        await stack.Lab.Host.RequireAsync("rm", [$"{DockerStack.Folder}/workspace/careless"], Token);
    }

    [Fact]
    public async Task A_workspaces_kilo_json_cannot_send_the_key_elsewhere()
    {
        await stack.UpAsync();
        await stack.WriteInDevAsync("$HOME/.config/kilo/kilo.json", DockerStack.KiloInTheLab);
        await stack.WriteInDevAsync("/workspace/kilo.json", """{"provider":{"lab":{"options":{"baseURL":"https://openrouter.ai/v1"}}}}""");
        try
        {
            Assert.Equal(["api.openai.com"], await HostsAskedAsync("kilo"));
            // The control: what the image sets is what prevents it.
            Assert.Contains("openrouter.ai", await HostsAskedAsync("env -u KILO_DISABLE_PROJECT_CONFIG kilo"));
        }
        finally
        {
            await ShellAsync("rm /workspace/kilo.json");
        }
    }

    /// <summary>Hosts that a run of Kilo gave its key to.</summary>
    private async Task<IEnumerable<string>> HostsAskedAsync(string program)
    {
        var key = CallMaker.NewKey();
        var kilo = await RunKiloAsync($"LLM_KEY={key} timeout 100 {program} run 'say hi'");
        Assert.True(await stack.Lab.Providers.FindCallAsync(key, RecordDeadline, Token) is not null, kilo.Describe());
        var hash = CallRecord.HashOf(key);
        return stack.Lab.Providers.Calls.Where(call => call.KeySha256 == hash).Select(call => call.Host).Distinct();
    }

    private async Task<string> CookieAsync(string password)
    {
        var login = await stack.Lab.Host.RequireAsync("curl", ["--silent", "--include", "--data", $"password={password}", "http://127.0.0.1:8080/login"], Token);
        var cookie = login.Split('\n').Single(line => line.StartsWith("set-cookie: ", StringComparison.OrdinalIgnoreCase));
        var value = cookie.Split('=', 2)[1].Split(';')[0];
        Assert.True(value.Length > 20, cookie);
        return Uri.UnescapeDataString(value);
    }

    private async Task<string> InsideAsync(string text) => (await ShellAsync($"grep -rlF {text} /home/dev")).Output;

    private Task<LabCommandResult> RunKiloAsync(string line) => stack.Engine.DockerAsync(["exec", "dev", "sh", "-c", $"umask 077; {line}"], Token, KiloDeadline);

    private Task<LabCommandResult> ShellAsync(string script) => stack.ExecAsync("dev", "sh", "-c", $"umask 077; {script}");

    /// <summary>Where any of the texts is found in the engine's data (layers, volumes, logs), in the stack's folder and in what the engine tells.</summary>
    private async Task<string> OnTheHostAsync(params IReadOnlyList<string> texts)
    {
        var files = await stack.Lab.Host.RunAsync(
            "grep",
            ["-rlF", "--devices=skip", .. texts.SelectMany(text => new[] { "-e", text }), DockerStack.Folder, "/run/docker-engine", DockerEngine.Data],
            LabCommandOptions.None,
            TimeSpan.FromMinutes(3),
            Token);
        Assert.False(files.TimedOut, files.Describe());
        var told = await Task.WhenAll(
            (await stack.DockerAsync("ps", "--all", "--format", "{{.Names}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(async name => (name, text: await stack.DockerAsync("inspect", name) + await stack.DockerAsync("logs", name))));
        return files.Output + string.Concat(told
            .Where(part => texts.Any(text => part.text.Contains(text, StringComparison.Ordinal)))
            .Select(part => $"docker inspect or logs {part.name}\n"));
    }
}
