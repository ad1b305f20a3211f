using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>Takes deeds back. Every undo is content when there is nothing to take back.</summary>
internal sealed class UndoRunner(StackProcesses processes, Places places)
{
    public async Task UndoAsync(Undo undo, CancellationToken cancellationToken)
    {
        switch (undo)
        {
            case GoesWith:
                break;
            case StopProcesses:
                await processes.StopAsync(cancellationToken);
                break;
            case DeleteNamespace delete:
                if (NamedNamespace.Exists(delete.Name))
                {
                    await Subprocess.RequireAsync("ip", ["netns", "delete", delete.Name], cancellationToken);
                }

                break;
            case RemoveTree tree when tree.Path == places.Run.Path:
                RemoveRunDirectory();
                break;
            case RemoveTree tree:
                RemoveWhole(tree.Path);
                break;
            case UnmountEmptyDirectory unmount when IsEmpty(unmount.Path):
                // Of two mounts over each other, one is by another's hand; the loop ends when it is no mount any more.
                while (MountNamespace.TryUnmount(unmount.Path))
                {
                }

                RemoveIfEmpty(unmount.Path);
                break;
            case RemoveEmptyDirectory remove:
                RemoveIfEmpty(remove.Path);
                break;
        }
    }

    /// <summary>The journal goes last, so that a <c>down</c> that is killed here can be repeated.</summary>
    private void RemoveRunDirectory()
    {
        if (!Directory.Exists(places.Run.Path))
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(places.Run.Path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                RemoveWhole(entry.FullName);
            }
            else if (entry.FullName != places.Journal)
            {
                entry.Delete();
            }
        }

        RemoveWhole(places.Run.Path);
    }

    private static void RemoveWhole(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void RemoveIfEmpty(string path)
    {
        if (IsEmpty(path))
        {
            Directory.Delete(path);
        }
    }

    private static bool IsEmpty(string path) => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any();
}
