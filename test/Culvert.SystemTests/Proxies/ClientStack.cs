using Culvert.Lab.Sandboxing;
using Culvert.Lab.Topology;
using Culvert.SystemTests.Namespaces;

namespace Culvert.SystemTests.Proxies;

/// <summary>A stack that is up, and beyond its exit what clients that no one here wrote ask for: files, uploads, git, apt, ssh, WebSockets.</summary>
public sealed class ClientStack : StackHost
{
    /// <summary>At the address and under the certificate of api.ipify.org.</summary>
    public const string Secure = "https://api.ipify.org:8443";
    public const string Clear = "http://api.ipify.org:8080";
    public const string ClientKey = $"{StackInput.Folder}/client_key";
    public const string ProxyChains = $"{StackInput.Folder}/proxychains.conf";

    private const string Folder = "/run/lab/clients";
    private const string Certificates = "/run/lab/providers";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private static readonly string Address = $"{LabAddresses.Providers.Single(provider => provider.Id == "ipify").Address}";

    // A flat repository of one package, a repository that git's plain HTTP can read, and keys.
    private const string Prepare = $$"""
        set -e
        mkdir -p /run/sshd {{Folder}}/apt && cd {{Folder}}
        git init -q work && cd work && echo hello > README && git add README
        git -c user.name=lab -c user.email=lab@lab.example commit -qm one
        cd .. && git clone -q --bare work repo.git && git -C repo.git update-server-info
        mkdir -p package/DEBIAN && cat > package/DEBIAN/control <<END
        Package: lab-hello
        Version: 1
        Architecture: all
        Maintainer: lab <lab@lab.example>
        Description: hello
        END
        dpkg-deb --build package apt/hello.deb >/dev/null
        { cat package/DEBIAN/control; echo "Filename: ./hello.deb"; echo "Size: $(stat -c %s apt/hello.deb)"; echo "SHA256: $(sha256sum apt/hello.deb | cut -d' ' -f1)"; } > apt/Packages
        ssh-keygen -q -t ed25519 -N '' -f host_key
        ssh-keygen -q -t ed25519 -N '' -f client_key
        cat > sshd.conf <<END
        ListenAddress ADDRESS
        HostKey {{Folder}}/host_key
        AuthorizedKeysFile {{Folder}}/client_key.pub
        PermitRootLogin prohibit-password
        StrictModes no
        UsePAM no
        PidFile none
        END
        """;

    private LabProcess? origin;
    private LabProcess? secureShell;

    public LabPlace Beyond => Lab.Sandbox.Namespace("providers");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Beyond.RequireAsync("sh", ["-c", Prepare.Replace("ADDRESS", Address, StringComparison.Ordinal)], CancellationToken.None);
        origin = await Beyond.StartAsync(
            RepositoryFiles.Python,
            ["-B", RepositoryFiles.Probe("client_origin.py"), Address, "8443", "8080", $"{Certificates}/ipify.pem", $"{Certificates}/ipify.key", Folder],
            LabCommandOptions.None, CancellationToken.None);
        await origin.WaitForLineAsync(line => line == "serving", StartDeadline, CancellationToken.None);
        secureShell = await Beyond.StartAsync("/usr/sbin/sshd", ["-D", "-e", "-f", $"{Folder}/sshd.conf"], LabCommandOptions.None, CancellationToken.None);
        await secureShell.WaitForLineAsync(line => line.Contains("listening on", StringComparison.Ordinal), StartDeadline, CancellationToken.None);

        Host.WriteFile(ClientKey, await File.ReadAllTextAsync(Beyond.PathOf($"{Folder}/client_key")), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Host.WriteFile(ProxyChains, "strict_chain\nproxy_dns\n[ProxyList]\nsocks5 127.0.0.1 1080\n");
        Host.WriteFile($"{StackInput.Folder}/lab.list", $"deb [trusted=yes] {Clear}/files/apt ./\n");
        Configure($"{StackInput.Yaml}proxy: {{ ports: [443, 80, 22, 8443, 8080] }}\n");
        Succeeded(await Culvert.UpAsync(CancellationToken.None));
    }
}
