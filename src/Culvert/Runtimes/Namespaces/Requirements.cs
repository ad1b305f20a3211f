using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What the runtime needs of the machine, found missing before anything is touched.</summary>
internal static class Requirements
{
    private static readonly (string Program, string Package)[] Always =
    [
        ("ip", "iproute2"),
        ("nft", "nftables"),
        ("slirp4netns", "slirp4netns"),
        ("setpriv", "util-linux"),
        ("unbound", "unbound"),
    ];

    /// <summary>A sentence for each thing that is missing; empty when all is there.</summary>
    public static IReadOnlyList<string> Missing(VpnDriver driver, ProxyEngine engine)
    {
        var search = Programs.SearchPath(Environment.GetEnvironmentVariable("PATH"));
        return Sentences(driver, engine, Environment.IsPrivilegedProcess, program => Programs.Find(program, search) is not null, File.Exists("/dev/net/tun"));
    }

    public static IReadOnlyList<string> Sentences(VpnDriver driver, ProxyEngine engine, bool root, Func<string, bool> exists, bool tun)
    {
        var sentences = new List<string>();
        if (!root)
        {
            sentences.Add("making network namespaces takes root: run it with sudo");
        }

        var missing = Always.Append(ClientOf(driver)).Concat(ProxiesOf(engine)).Where(need => !exists(need.Program)).ToList();
        var packaged = missing.Where(need => need.Package.Length > 0).ToList();
        if (packaged.Count > 0)
        {
            sentences.Add($"{List(packaged.Select(need => need.Program))} not found: run `apt-get install {string.Join(' ', packaged.Select(need => need.Package))}`");
        }

        sentences.AddRange(missing.Where(need => need.Package.Length == 0)
            .Select(need => $"{need.Program} not found: it is in no Debian package; install it as its maker says, so that it is on PATH"));
        if (!tun)
        {
            sentences.Add("/dev/net/tun is not there: run `modprobe tun` (in a virtual machine or container, its owner has to allow the device)");
        }

        return sentences;
    }

    private static (string Program, string Package) ClientOf(VpnDriver driver) => driver switch
    {
        VpnDriver.OpenVpn => ("openvpn", "openvpn"),
        VpnDriver.WireGuard => ("wireguard-go", "wireguard-go"),
        _ => ("adguardvpn-cli", ""),
    };

    private static (string Program, string Package)[] ProxiesOf(ProxyEngine engine) =>
        engine == ProxyEngine.DanteAndTinyproxy ? [("danted", "dante-server"), ("tinyproxy", "tinyproxy")] : [];

    private static string List(IEnumerable<string> programs) => string.Join(", ", programs);
}
