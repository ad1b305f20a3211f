using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// A /run of the command's own: a small tmpfs on which the entries of the host's are bound, those of <see cref="HostDaemons"/> left
/// out. A mount over each of those would not do: one that is made later has none, and a directory that the host removes takes
/// along the mounts that are on it in other namespaces (rmdir(2) detaches them since Linux 3.18).
/// </summary>
internal static class PrivateRun
{
    // glibc looks for nscd in /var/run, which is a link to /run nearly everywhere.
    private static readonly string[] Directories = ["/run", "/var/run"];

    /// <param name="readOnly">Nothing can be made beside what is shown.</param>
    public static void Mount(bool readOnly)
    {
        foreach (var directory in Directories.Where(Directory.Exists).Select(RealPath.Of).Distinct())
        {
            Replace(directory, readOnly);
        }
    }

    private static void Replace(string run, bool readOnly)
    {
        var names = KeptName.In(run);
        // Also of a folder that was removed, where getcwd(2) fails.
        var here = new FileInfo("/proc/thread-self/cwd").LinkTarget!;
        using var host = MountNamespace.OpenDirectory(run);
        MountNamespace.Temporary(run);
        Show($"/proc/self/fd/{host.DangerousGetHandle()}", run, "", names);
        names.ForEach(name => name.Write());
        if (readOnly)
        {
            MountNamespace.MakeReadOnly(run);
        }

        if (here == run || here.StartsWith(run + "/", StringComparison.Ordinal))
        {
            // The folder is still the host's: `cd ..` would lead from it to all that is hidden.
            StandIn(here);
        }
    }

    private static void Show(string host, string run, string folder, List<KeptName> names)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(host, folder)).EnumerateFileSystemInfos())
        {
            var name = Path.Combine(folder, entry.Name);
            var target = Path.Combine(run, name);
            if (names.Exists(kept => kept.Target == target))
            {
                continue;
            }

            var leadsToName = names.Exists(kept => kept.Target.StartsWith(target + "/", StringComparison.Ordinal));
            switch (HostDaemons.Of(name))
            {
                case RunEntry.Hidden:
                    break;
                case RunEntry.Shown when entry.LinkTarget is { } link:
                    File.CreateSymbolicLink(target, link);
                    break;
                case RunEntry.Shown when !leadsToName:
                    Bind(entry, target);
                    break;
                default:
                    MakeDirectory(target, entry.UnixFileMode);
                    Show(host, run, name, names);
                    break;
            }
        }
    }

    private static void Bind(FileSystemInfo entry, string target)
    {
        if (entry is DirectoryInfo)
        {
            Directory.CreateDirectory(target);
        }
        else
        {
            File.Create(target).Dispose();
        }

        if (!MountNamespace.TryBind(entry.FullName, target))
        {
            // The host has removed it since it was listed.
            FileSystemInfo place = entry is DirectoryInfo ? new DirectoryInfo(target) : new FileInfo(target);
            place.Delete();
        }
    }

    private static void MakeDirectory(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        // Whatever the caller's umask says.
        File.SetUnixFileMode(path, mode);
    }

    private static void StandIn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new IOException($"the folder {folder} is not shown inside; start the command from another one");
        }

        Environment.CurrentDirectory = folder;
    }
}
