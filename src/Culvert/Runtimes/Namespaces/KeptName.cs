namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// A file under /run that a file of names in /etc is a link to, as systemd-resolved, NetworkManager and resolvconf make it.
/// `ip netns exec` has mounted the stack's own over it, and the host may remove or replace the file below that at any moment:
/// the command gets a copy that stays.
/// </summary>
internal sealed record KeptName(string Target, byte[] Content)
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    private static readonly string[] InEtc = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"];

    public static List<KeptName> In(string run) =>
    [
        .. from file in InEtc
           let target = RealPath.Of(file)
           where target.StartsWith(run + "/", StringComparison.Ordinal) && File.Exists(target)
           select new KeptName(target, File.ReadAllBytes(target)),
    ];

    public void Write()
    {
        MakeDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target, Content);
        // Whatever the caller's umask says.
        File.SetUnixFileMode(Target, FileMode);
    }

    private static void MakeDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            MakeDirectory(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(path);
            File.SetUnixFileMode(path, DirectoryMode);
        }
    }
}
