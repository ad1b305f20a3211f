using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Culvert.SystemTests.Docker;

/// <summary>What a person sees of the real VS Code Server in a browser on the host. The screenshots lie in artifacts/screenshots.</summary>
[Collection(DockerCollection.Name)]
public sealed partial class WorkbenchInDockerTests(DockerStack stack)
{
    private const string File = "hello.py";
    private const string Text = "print('hello from the workspace')";

    /// <summary>As long as the workbench takes to say what it wants to say at its start.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_logs_in_opens_a_file_and_works_in_the_terminal_and_is_told_and_asked_nothing_else()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        stack.Lab.Host.WriteFile($"{DockerStack.Folder}/workspace/{File}", $"{Text}\n");
        var asked = stack.Lab.Dot.Queries.Count;
        await using var browser = await Browser.StartAsync(stack.Lab.Host);
        var page = await browser.NewPersonAsync();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);

        await page.GotoAsync(Editor.Address);
        await Editor.ScreenshotAsync(page, "1-login");
        await page.FillAsync("input[name=password]", "wrong");
        await page.PressAsync("input[name=password]", "Enter");
        await page.WaitForSelectorAsync("text=Incorrect password");
        var editor = new Editor(page);
        await editor.LogInAsync(stack);
        await page.WaitForSelectorAsync(".monaco-dialog-box");
        await editor.ScreenshotAsync("2-trust");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Yes() }).ClickAsync();

        await page.GetByRole(AriaRole.Treeitem, new() { NameRegex = FileItem() }).DblClickAsync();
        await page.WaitForSelectorAsync($".view-lines:has-text(\"{Text[..5]}\")");
        await page.Keyboard.PressAsync("Control+`");
        // The terminal is a canvas: what is in it is in the screenshot, and what it did is in a file.
        await page.WaitForSelectorAsync(".terminal.xterm .terminal-command-decoration");
        await page.Keyboard.TypeAsync($"python3 {File}; kilo --version; curl --silent https://api.ipify.org | tee /tmp/seen; echo\n");
        await DockerStack.WaitForAsync(
            "the terminal's curl reached the provider from the exit", async () => (await stack.ExecAsync("dev", "cat", "/tmp/seen")).Output.Trim() == DockerStack.ExitAddress);
        await Task.Delay(Settled, Token);
        await editor.ScreenshotAsync("3-workbench");

        Assert.Equal(0, await page.Locator(".notification-toast, .notifications-center .notification-list-item").CountAsync());
        var all = await page.InnerTextAsync("body");
        Assert.All(["Copilot", "Sign in", "Chat", "Deploy code-server", "Restricted Mode"], text => Assert.DoesNotContain(text, all, StringComparison.OrdinalIgnoreCase));
        // The page asks the gallery for one extension (docs/known-issues.md); it asks nobody else.
        string[] known = [Editor.Address, "data:", "blob:", "https://open-vsx.org/vscode/gallery/extensionquery"];
        Assert.All(requests, url => Assert.Contains(known, start => url.StartsWith(start, StringComparison.Ordinal)));
        // The tunnel role asks for every provider's name meanwhile, so what must not be there is named.
        string[] unwanted = ["posthog", "visualstudio", "applicationinsights", "coder.com", "models.dev", "vscode-cdn", "npmjs", "update.code"];
        Assert.DoesNotContain(stack.Lab.Dot.Queries.Skip(asked), query => unwanted.Any(name => query.Contains(name, StringComparison.Ordinal)));
        var log = await stack.ExecAsync("dev", "sh", "-c", "cat $HOME/.local/share/code-server/coder-logs/*");
        Assert.Contains("Extension host agent started", log.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Error", log.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex("^Yes")]
    private static partial Regex Yes();

    [GeneratedRegex("^hello[.]py")]
    private static partial Regex FileItem();
}
