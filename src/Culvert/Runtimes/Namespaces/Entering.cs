using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The last stage on the way into a namespace: closes what acts outside of it, gives privileges up, becomes the command.</summary>
internal static class Entering
{
    private const uint TunMajor = 10;
    private const uint TunMinor = 200;
    private const uint OwnerOnly = 0x180; // 0600

    /// <summary>Returns only by throwing.</summary>
    public static void Become(Entry entry, IReadOnlyList<string> command)
    {
        MountNamespace.Enter();
        if (entry.IsRole)
        {
            // It is started from wherever `up` was called.
            Environment.CurrentDirectory = "/";
        }

        // Before /run becomes the process's own: the file lies there, and a resolv.conf that is a link to there is kept.
        if (entry.ResolvConf is { } resolvConf && !MountNamespace.TryBind(resolvConf, "/etc/resolv.conf"))
        {
            throw new IOException($"{resolvConf} is not there, or /etc/resolv.conf is not");
        }

        PrivateRun.Mount(readOnly: entry.IsRole);
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

    private static void GiveTun(int owner)
    {
        MountNamespace.Temporary("/dev/net", devices: true);
        MountNamespace.CharacterDeviceNode("/dev/net/tun", TunMajor, TunMinor, OwnerOnly, owner);
    }
}
