using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Resolver;

/// <summary>Renders unbound's configuration and becomes unbound.</summary>
internal static class ResolverRole
{
    private const string UnprivilegedPorts = "net/ipv4/ip_unprivileged_port_start";

    /// <summary>Returns only when it cannot become unbound, with a sentence that says why.</summary>
    public static string Become(DnsSettings dns, RunDirectory run)
    {
        if (Exec.Find("unbound") is not { } unbound)
        {
            return "the program unbound is not installed; install it (Debian: apt-get install unbound)";
        }

        if (CaBundle.Find() is not { } caBundle)
        {
            return "no file of certificate authorities was found, so an upstream could not prove who it is; install ca-certificates or set SSL_CERT_FILE";
        }

        if (!UnboundConfiguration.Usable(dns).Any())
        {
            return "none of dns.upstreams has an IPv4 address, and the guard lets no IPv6 out; name one that has";
        }

        if (int.TryParse(Sysctl.Read(UnprivilegedPorts), out var first) && first > 53)
        {
            return $"ports below {first} need a capability here and the resolver has none; set {UnprivilegedPorts.Replace('/', '.')}=53 where the namespace is made";
        }

        var directory = run.Of(Role.Resolver);
        var file = $"{directory}/{UnboundConfiguration.FileName}";
        File.WriteAllText(file, UnboundConfiguration.Of(dns, caBundle, directory));
        Capabilities.GiveUpAll();
        Exec.Become(unbound, ["-d", "-p", "-c", file]);
        return "";
    }
}
