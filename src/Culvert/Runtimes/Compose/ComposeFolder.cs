using System.Net;
using System.Text;
using Culvert.Linux;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// The folder of a stack under Compose: culvert.yaml and compose.yaml are a person's, <c>.culvert/</c> is written from them
/// at every <c>culvert up</c> and holds what each container is handed.
/// </summary>
internal sealed class ComposeFolder(string path)
{
    public const string FileName = "compose.yaml";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enterable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static readonly IReadOnlyList<Role> Handed = [Role.Hold, Role.Tunnel, Role.Proxy];

    public string Path => path;

    public string ComposeFile => System.IO.Path.Combine(path, FileName);

    /// <summary>What the host's network was before <c>up</c>.</summary>
    public string HostBefore => System.IO.Path.Combine(path, ".culvert", HostSnapshot.FileName);

    /// <summary>Beside the secrets, which it is made from.</summary>
    private string AppliedFile => System.IO.Path.Combine(Roles, "applied.json");

    private string Roles => System.IO.Path.Combine(path, ".culvert", "roles");

    /// <summary>The folder in which a configuration lies.</summary>
    public static ComposeFolder Of(string configuration) => new(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(configuration))!);

    /// <summary>What compose.yaml reads of culvert.yaml.</summary>
    public static IReadOnlyDictionary<string, string> Variables(StackDefinition stack) => new Dictionary<string, string>
    {
        ["CULVERT_NAME"] = stack.Name,
        ["CULVERT_UPLINK"] = $"{stack.Network.Uplink}",
        ["CULVERT_VPN_NET"] = $"{stack.Network.VpnNet}",
    };

    /// <summary>
    /// Writes what the containers are handed. The files are readable by every uid, because a role is none of the host's
    /// users; their folder is closed to everybody but its owner, and each container sees its own part only.
    /// </summary>
    public void Write(StackDefinition stack, string configuration, IReadOnlyList<RoleSecret> secrets)
    {
        Directory.CreateDirectory(Roles, OwnerOnly);
        File.SetUnixFileMode(Roles, OwnerOnly);
        Replace(System.IO.Path.Combine(Roles, ".gitignore"), "*\n");
        WriteAll(Folder("config"), new() { ["culvert.yaml"] = configuration });
        WriteAll(Folder("dev"), new() { ["kilo.json"] = KiloConfiguration.Of(stack.Providers) });
        foreach (var role in Handed)
        {
            var handed = secrets.Where(secret => secret.Role == role).ToDictionary(secret => secret.Key, secret => secret.Value.Reveal());
            WriteAll(System.IO.Path.Combine(Roles, role.Name), handed);
        }

        WriteForClient();
    }

    /// <summary>
    /// What AdGuard's client finds: the tunnel role as its resolver, an identity that stays when its container is made anew, and a
    /// place for its login that root without a capability may write to. Their folder is closed to everybody else.
    /// </summary>
    private void WriteForClient()
    {
        var (client, login) = (System.IO.Path.Combine(Roles, "client"), System.IO.Path.Combine(Roles, "login"));
        Directory.CreateDirectory(login);
        File.SetUnixFileMode(login, Enterable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        var identity = System.IO.Path.Combine(client, "machine-id");
        WriteAll(client, new()
        {
            ["resolv.conf"] = NameFiles.ResolvConf(IPAddress.Parse(Role.BootstrapAddress)),
            ["machine-id"] = File.Exists(identity) ? File.ReadAllText(identity) : $"{Guid.NewGuid():N}\n",
        });
    }

    /// <summary>What the parts that stand were started with, as far as it is known.</summary>
    public AppliedInputs Applied() => AppliedInputs.FromJson(File.Exists(AppliedFile) ? File.ReadAllText(AppliedFile) : "{}");

    public void Keep(AppliedInputs applied) => Replace(AppliedFile, applied.ToJson(), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Keeps the host's state from before anything of the stack was there.</summary>
    public void Keep(HostSnapshot before)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(HostBefore)!, OwnerOnly);
        before.Write(HostBefore);
        File.SetUnixFileMode(HostBefore, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A snapshot of another time would prove nothing, or the wrong thing.</summary>
    public void ForgetHost()
    {
        if (File.Exists(HostBefore))
        {
            File.Delete(HostBefore);
        }
    }

    /// <summary>What the roles were handed is of no use once they are gone, and copies of secrets are not left lying about.</summary>
    public void ForgetSecrets()
    {
        if (File.Exists(AppliedFile))
        {
            File.Delete(AppliedFile);
        }

        foreach (var handed in Handed.Select(role => System.IO.Path.Combine(Roles, role.Name)).Where(Directory.Exists).SelectMany(Directory.GetFiles))
        {
            File.Delete(handed);
        }
    }

    private string Folder(string name) => System.IO.Path.Combine(path, ".culvert", name);

    private static void WriteAll(string folder, Dictionary<string, string> files)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Enterable);
        foreach (var old in Directory.GetFiles(folder).Where(file => !files.ContainsKey(System.IO.Path.GetFileName(file))))
        {
            File.Delete(old);
        }

        foreach (var (name, text) in files)
        {
            Replace(System.IO.Path.Combine(folder, name), text);
        }
    }

    // A container has the folder mounted, so a file that is replaced in it is seen there.
    private static void Replace(string file, string text, UnixFileMode mode = Readable)
    {
        if (File.Exists(file) && File.ReadAllText(file) == text)
        {
            return;
        }

        var next = file + ".next";
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        File.SetUnixFileMode(next, mode);
        File.Move(next, file, overwrite: true);
    }
}
