using System.Net;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Reads <see cref="HostFacts"/> from this machine.</summary>
internal static class HostFactsReader
{
    private const string Nsswitch = "/etc/nsswitch.conf";

    public static HostFacts Read() => new(
        Dns.GetHostName(),
        File.Exists(Nsswitch) ? File.ReadAllText(Nsswitch) : "",
        Directory.Exists(NamedNamespace.Directory),
        Directory.Exists(Places.NetnsFilesRoot),
        Environment.ProcessPath!);
}
