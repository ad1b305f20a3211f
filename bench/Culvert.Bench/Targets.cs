namespace Culvert.Bench;

/// <summary>The proxy and its peers, each as its manual advises for load: logging off, enough workers, limits out of the way.</summary>
internal static class Targets
{
    private const string Dante =
        """
        logoutput: /dev/null
        internal: 127.0.0.1 port = 1101
        external: tun0
        socksmethod: none
        clientmethod: none
        user.privileged: root
        user.unprivileged: nobody
        client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
        socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
        """;

    private const string Tinyproxy =
        """
        User nobody
        Group nogroup
        Port 1103
        Listen 127.0.0.1
        Timeout 600
        LogLevel Critical
        LogFile "/dev/null"
        MaxClients 20000
        DisableViaHeader Yes
        ConnectPort 80
        """;

    private static readonly string HaProxy =
        $"""
        global
            maxconn 9600
            maxpipes 100
            tune.pipesize 262144
            nbthread {Environment.ProcessorCount}
        defaults
            mode tcp
            maxconn 9600
            option splice-request
            option splice-response
            timeout connect 5s
            timeout client 10m
            timeout server 10m
        listen relay
            bind 127.0.0.1:1104 backlog 4096
            server origin {Origin.Address}:{Origin.Port} source 0.0.0.0 interface tun0
        """;

    /// <summary>Writes the configurations into the folder. <paramref name="before"/> is another build of ours, or null.</summary>
    public static IReadOnlyList<Target> All(string folder, string culvert, string? before)
    {
        var dante = Write(folder, "danted.conf", Dante);
        var tinyproxy = Write(folder, "tinyproxy.conf", Tinyproxy);
        var haproxy = Write(folder, "haproxy.cfg", HaProxy);
        List<Target> targets =
        [
            new("direct", []),
            Culvert(folder, "culvert", culvert, 1080, 1090),
            new("dante", ["danted", "-f", dante, "-N", $"{Environment.ProcessorCount}"]) { SocksPort = 1101 },
            new("tinyproxy", ["tinyproxy", "-d", "-c", tinyproxy]) { ConnectPort = 1103 },
            new("microsocks", ["microsocks", "-i", "127.0.0.1", "-p", "1102"]) { SocksPort = 1102 },
            new("haproxy", ["haproxy", "-db", "-f", haproxy]) { RelayPort = 1104 },
        ];
        if (before is not null)
        {
            targets.Insert(2, Culvert(folder, "before", before, 1081, 1091));
        }

        return targets;
    }

    private static Target Culvert(string folder, string name, string binary, int socks, int http)
    {
        // As shipped: an empty file is the default configuration.
        var stack = Write(folder, "culvert.yaml", "");
        return new Target(name, [binary, "proxy", "--config", stack, "--run", folder, "--listen-socks", $"127.0.0.1:{socks}", "--listen-http", $"127.0.0.1:{http}"])
        {
            SocksPort = socks,
            ConnectPort = http,
        };
    }

    private static string Write(string folder, string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content + "\n");
        return path;
    }
}
