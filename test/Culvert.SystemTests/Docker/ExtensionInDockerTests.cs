using System.Text.Json.Nodes;
using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Docker;

/// <summary>
/// An extension in the extension host of the real VS Code Server calls a provider in each way in which a tool can, with and without proxy
/// settings. The proxy is stopped to see which way goes through it: those that do are refused, the others still leave by the exit.
/// </summary>
[Collection(DockerCollection.Name)]
public sealed class ExtensionInDockerTests(DockerStack stack) : IAsyncDisposable
{
    private const string Exit = DockerStack.ExitAddress;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    /// <summary>Kilo tries for ever; this is as long as it is watched.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);

    private readonly CallingExtension extension = new(stack);
    private bool changed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_the_image_is_every_call_leaves_by_the_exit_and_without_the_proxy_those_that_use_it_are_refused()
    {
        await stack.UpAsync();
        var before = await stack.CountAsync();
        await using var browser = await Browser.StartAsync(stack.Lab.Host);
        await OpenAsync(browser);
        await AssertOutcomesAsync(Patience, Everything(Exit));
        await stack.DockerAsync("stop", "--time", "1", "vpn-proxy");
        await AssertOutcomesAsync(Short, [.. Through("PPPPPPPPD"), (CallingExtension.Kilo, CallingExtension.Refused)]);
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
    }

    [Fact]
    public async Task Without_proxy_settings_every_call_leaves_by_the_exit_and_each_is_seen_when_the_guard_is_off()
    {
        await RemakeAsync("env", "-u", "HTTP_PROXY", "-u", "HTTPS_PROXY", "-u", "http_proxy", "-u", "https_proxy", "-u", "NODE_USE_ENV_PROXY", "dev-editor");
        await SettingsAsync();
        var before = await stack.CountAsync();
        await using var browser = await Browser.StartAsync(stack.Lab.Host);
        var editor = await OpenAsync(browser);
        await stack.DockerAsync("stop", "--time", "1", "vpn-proxy");
        await AssertOutcomesAsync(Patience, Everything(Exit));

        // Of the settings of the user alone, those that are taken differ with one setting beside the proxy.
        await SettingsAsync(("http.proxySupport", "override"), ("http.fetchAdditionalSupport", true), ("http.proxy", "http://127.0.0.1:1090"));
        await AgainAsync(editor);
        await AssertOutcomesAsync(Patience, Through("PPPDDDDDD"));
        await SettingsAsync(("http.proxySupport", "on"), ("http.proxy", "http://127.0.0.1:1090"));
        await AgainAsync(editor);
        await AssertOutcomesAsync(Patience, Through("PDPDDDDDD"));
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);

        // The control: with the guard off and a route beside the tunnel, the provider sees each of these ways from the host's own address.
        await SettingsAsync();
        await AgainAsync(editor);
        string[] route = [$"{LabAddresses.Providers[0].Address}/32", "via", DockerStack.UplinkGateway, "dev", await stack.UplinkAsync()];
        await stack.AsRootInsideAsync("nft", "delete", "table", "inet", "culvert");
        await stack.AsRootInsideAsync(["ip", "route", "add", .. route]);
        try
        {
            await AssertOutcomesAsync(Patience, Everything($"{LabAddresses.Host}"));
            Assert.NotEqual(0, (await stack.CountAsync()).Since(before).Leaked);
        }
        finally
        {
            await stack.AsRootInsideAsync(["ip", "route", "delete", .. route]);
            await stack.GuardAgainAsync();
        }
    }

    [Fact]
    public async Task With_the_variables_alone_what_brings_its_own_client_and_is_not_told_of_them_goes_past_the_proxy_and_still_by_the_exit()
    {
        await RemakeAsync("env", "-u", "NODE_USE_ENV_PROXY", "dev-editor");
        await SettingsAsync();
        var before = await stack.CountAsync();
        await using var browser = await Browser.StartAsync(stack.Lab.Host);
        await OpenAsync(browser);
        await stack.DockerAsync("stop", "--time", "1", "vpn-proxy");
        await AssertOutcomesAsync(Patience, Through("PPPDPPDDD"));
        Assert.Equal(0, (await stack.CountAsync()).Since(before).Leaked);
    }

    public async ValueTask DisposeAsync()
    {
        if (changed)
        {
            await stack.RemakeDevAsync();
        }
    }

    private static (string Way, string Outcome)[] Everything(string outcome) =>
        [.. CallingExtension.Ways.Append(CallingExtension.Kilo).Select(way => (way, outcome))];

    /// <summary>One letter for each way: through the proxy, which is stopped, or directly.</summary>
    private static (string Way, string Outcome)[] Through(string letters) =>
        [.. CallingExtension.Ways.Zip(letters, (way, letter) => (way, letter == 'P' ? CallingExtension.Refused : Exit))];

    private async Task AssertOutcomesAsync(TimeSpan deadline, params (string Way, string Outcome)[] expected)
    {
        var outcomes = await extension.CallAsync([.. expected.Select(one => one.Way)], deadline);
        Assert.Equal(
            string.Join('\n', expected.Select(one => $"{one.Way}: {one.Outcome}")),
            string.Join('\n', expected.Select(one => $"{one.Way}: {outcomes[one.Way]}")));
    }

    private async Task RemakeAsync(params string[] command)
    {
        await stack.UpAsync();
        changed = true;
        await stack.RemakeDevAsync(command);
    }

    private async Task<Editor> OpenAsync(Browser browser)
    {
        await stack.WriteInDevAsync("$HOME/.config/kilo/kilo.json", DockerStack.KiloInTheLab);
        await extension.InstallAsync();
        var editor = await Editor.OpenAsync(browser, stack);
        await extension.WaitAsync();
        return editor;
    }

    private async Task AgainAsync(Editor editor)
    {
        await editor.ReloadAsync();
        await extension.WaitAsync();
    }

    /// <summary>The image's settings of the user with these in place of all that are about proxies.</summary>
    private async Task SettingsAsync(params (string Name, JsonNode Value)[] proxies)
    {
        var settings = JsonNode.Parse((await stack.ExecAsync("dev", "cat", "/opt/dev/settings.json")).Output)!.AsObject();
        foreach (var name in settings.Select(setting => setting.Key).Where(name => name.StartsWith("http.", StringComparison.Ordinal)).ToList())
        {
            settings.Remove(name);
        }

        foreach (var (name, value) in proxies)
        {
            settings[name] = value;
        }

        await stack.WriteInDevAsync("$HOME/.local/share/code-server/User/settings.json", settings.ToJsonString());
    }
}
