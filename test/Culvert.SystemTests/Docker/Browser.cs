using Culvert.Lab.Sandboxing;
using Microsoft.Playwright;

namespace Culvert.SystemTests.Docker;

/// <summary>Debian's Chromium without a window, on a machine of the lab: it stands in that machine's network, as a person's browser on the host does.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Quiet =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
        // Chromium asks the network for names of its own, which the ISP would count as the host's; here it knows none.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ];

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly string wrapper;

    private Browser(IPlaywright playwright, IBrowser browser, string wrapper)
    {
        this.playwright = playwright;
        this.browser = browser;
        this.wrapper = wrapper;
    }

    public static async Task<Browser> StartAsync(LabMachine machine)
    {
        // Playwright speaks to the browser over pipes that are inherited, so the namespaces between them do not matter.
        var wrapper = Path.Combine(Path.GetTempPath(), $"culvert-browser-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(wrapper, $"#!/bin/sh\nexec nsenter --target {machine.InitPid} --mount --pid --net -- env -C / HOME=/run chromium \"$@\"\n");
        File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var playwright = await Playwright.CreateAsync();
        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = wrapper, Args = Quiet });
            return new Browser(playwright, browser, wrapper);
        }
        catch
        {
            playwright.Dispose();
            File.Delete(wrapper);
            throw;
        }
    }

    /// <summary>A window of somebody who was never here: no cookies, no storage.</summary>
    public async Task<IPage> NewPersonAsync()
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        File.Delete(wrapper);
    }
}
