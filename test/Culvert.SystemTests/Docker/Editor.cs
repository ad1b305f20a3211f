using Culvert.Lab.Topology;
using Microsoft.Playwright;

namespace Culvert.SystemTests.Docker;

/// <summary>VS Code in a browser's window, logged in with the password that <c>dev-password</c> prints.</summary>
internal sealed class Editor(IPage page)
{
    public const string Address = "http://127.0.0.1:8080/";
    private const float Patience = 40_000;

    public IPage Page => page;

    public static async Task<Editor> OpenAsync(Browser browser, DockerStack stack)
    {
        var page = await browser.NewPersonAsync();
        var editor = new Editor(page);
        await page.GotoAsync(Address);
        await editor.LogInAsync(stack);
        return editor;
    }

    /// <summary>From the page that asks for the password to the workbench.</summary>
    public async Task LogInAsync(DockerStack stack)
    {
        await page.FillAsync("input[name=password]", (await stack.ExecAsync("dev", "dev-password")).Output.Trim());
        await page.PressAsync("input[name=password]", "Enter");
        await WorkbenchAsync();
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
