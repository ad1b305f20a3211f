using Culvert.Lab.Topology;
using Microsoft.Playwright;

namespace Culvert.SystemTests.Docker;

/// <summary>VS Code in a browser's window, logged in with the password that <c>dev-password</c> prints.</summary>
internal sealed class Editor(IPage page)
{
    private const string Address = "http://127.0.0.1:8080/";
    private const float Patience = 40_000;

    public IPage Page => page;

    public static async Task<Editor> OpenAsync(Browser browser, DockerStack stack, string query = "?folder=/workspace")
    {
        var page = await browser.NewPersonAsync();
        var editor = new Editor(page);
        await page.GotoAsync($"{Address}{query}");
        await page.FillAsync("input[name=password]", (await stack.ExecAsync("dev", "dev-password")).Output.Trim());
        await page.PressAsync("input[name=password]", "Enter");
        await editor.WorkbenchAsync();
        return editor;
    }

    /// <summary>Shows the window again, with an extension host of its own.</summary>
    public async Task ReloadAsync()
    {
        await page.ReloadAsync();
        await WorkbenchAsync();
    }

    /// <summary>What a person sees, into artifacts/screenshots.</summary>
    public Task ScreenshotAsync(string name) => ScreenshotAsync(page, name);

    public static Task ScreenshotAsync(IPage page, string name) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(RepositoryFiles.Screenshots, $"{name}.png") });

    private async Task WorkbenchAsync() => await page.WaitForSelectorAsync(".monaco-workbench .part.statusbar .statusbar-item", new PageWaitForSelectorOptions { Timeout = Patience });
}
