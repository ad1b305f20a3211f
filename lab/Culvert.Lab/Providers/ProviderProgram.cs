using System.Security.Cryptography.X509Certificates;
using Culvert.Lab.Topology;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Culvert.Lab.Providers;

/// <summary>Every provider of the lab in one Kestrel: each on its own address with its own certificate, on 443 and, for absolute-form proxying, on 80.</summary>
internal static class ProviderProgram
{
    public const string Ready = "providers are listening";

    public static async Task<int> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var files = new ProviderFolder(folder);
        // The other builders watch the working folder for settings, which in the lab is the root of the file system.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = folder });
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var provider in LabAddresses.Providers)
            {
                var certificate = X509Certificate2.CreateFromPemFile(files.CertificateOf(provider.Id), files.KeyOf(provider.Id));
                foreach (var address in new[] { provider.Address, provider.AddressV6 }.OfType<System.Net.IPAddress>())
                {
                    kestrel.Listen(address, 80);
                    kestrel.Listen(address, 443, listen => listen.UseHttps(https =>
                        https.ServerCertificateSelector = (connection, name) =>
                        {
                            connection!.Items[ProviderService.Sni] = name;
                            return certificate;
                        }));
                }
            }
        });
        await using var app = builder.Build();
        var service = new ProviderService(files);
        app.Run(service.AnswerAsync);
        await app.StartAsync(cancellationToken);
        Console.WriteLine(Ready);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
