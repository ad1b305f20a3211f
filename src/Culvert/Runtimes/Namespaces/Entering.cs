using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The last stage on the way into a namespace: closes what acts outside of it, gives privileges up, becomes the command.</summary>
internal static class Entering
{
    /// <summary>Daemons of the host that resolve names, or act, outside the namespace for whoever reaches their sockets.</summary>
    public static readonly IReadOnlyList<string> HostSockets =
        ["/run/nscd", "/var/run/nscd", "/run/systemd/resolve", "/run/avahi-daemon", "/run/dbus"];

    // systemd-resolved makes /etc/resolv.conf a link into a directory that is masked, and `ip netns exec` mounts over its target.
    private static readonly string[] NameFiles = ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"];

    private const uint TunMajor = 10;
    private const uint TunMinor = 200;
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Returns only by throwing.</summary>
    public static void Become(Entry entry, IReadOnlyList<string> command)
    {
        MountNamespace.Enter();
        foreach (var directory in HostSockets.Where(Directory.Exists).Select(RealPath).Distinct())
        {
            Mask(directory);
        }

        if (entry.Tun)
        {
            GiveTun(entry.Uid);
        }

        if (entry.ProgramDirectory is { } directoryForProgram)
        {
            MountNamespace.BindDirectory(Path.GetDirectoryName(Environment.ProcessPath)!, directoryForProgram);
        }

        ProcessImage.Replace("setpriv", [.. entry.ToSetpriv(), .. command]);
    }

    private static void Mask(string directory)
    {
        var lost = NameFiles
            .Select(file => (Target: RealPath(file), File: file))
            .Where(name => name.Target.StartsWith(directory + "/", StringComparison.Ordinal) && File.Exists(name.File))
            .Select(name => (name.Target, Content: File.ReadAllBytes(name.File)))
            .ToList();
        MountNamespace.Temporary(directory);
        foreach (var (target, content) in lost)
        {
            File.WriteAllBytes(target, content);
        }

        MountNamespace.MakeReadOnly(directory);
    }

    private static void GiveTun(int owner)
    {
        MountNamespace.Temporary("/dev/net", devices: true);
        MountNamespace.CharacterDeviceNode("/dev/net/tun", TunMajor, TunMinor, OwnerOnly, owner);
    }

    private static string RealPath(string path)
    {
        // The last part may be a link, and so may any directory on the way (/var/run).
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var here = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return new FileInfo(here).LinkTarget is { } target
            ? RealPath(Path.GetFullPath(target, Path.GetDirectoryName(here)!))
            : here;
    }
}
