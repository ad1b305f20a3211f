using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Culvert.Status;

/// <summary>
/// Serves the page at <c>/</c>, <c>/status.json</c> and <c>/metrics</c>; it reads, and changes nothing. Requests that name
/// another host are refused, so a web site cannot read it through the browser of whoever visits it.
/// </summary>
internal sealed class StatusServer(Func<CancellationToken, Task<StatusView>> observe, IPEndPoint listen)
{
    private readonly StatusMetrics metrics = new();

    /// <summary>Serves until cancelled. <paramref name="ready"/> is told where, once it listens.</summary>
    public async Task RunAsync(Action<string> ready, CancellationToken cancellationToken)
    {
        // Nothing of the surroundings counts: no environment, no appsettings.json, no logger.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(listen);
        });
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        await using var application = builder.Build();
        application.UseHostFiltering();
        application.Run(AnswerAsync);
        await application.StartAsync(cancellationToken);
        ready(application.Urls.Single());
        await application.WaitForShutdownAsync(cancellationToken);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            headers.Allow = "GET, HEAD";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/":
                await AnswerAsync(context, "text/html; charset=utf-8", async view => await context.Response.WriteAsync(StatusPage.Of(view), context.RequestAborted));
                return;
            case "/status.json":
                await AnswerAsync(context, "application/json", view =>
                    JsonSerializer.SerializeAsync(context.Response.Body, view, StatusViewJson.Default.StatusView, context.RequestAborted));
                return;
            case "/metrics":
                await AnswerAsync(context, "text/plain; version=0.0.4; charset=utf-8", view => metrics.WriteAsync(view, context.Response.Body, context.RequestAborted));
                return;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }
    }

    private async Task AnswerAsync(HttpContext context, string type, Func<StatusView, Task> write)
    {
        var view = await observe(context.RequestAborted);
        context.Response.ContentType = type;
        await write(view);
    }
}
