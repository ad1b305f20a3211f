using System.Diagnostics;

namespace Culvert.Lab.Sandboxing;

/// <summary>A machine in the lab with processes and files of its own. Disposing it is pulling its plug.</summary>
public sealed class LabMachine : LabPlace, IAsyncDisposable
{
    private readonly Process process;
    private bool disposed;

    internal LabMachine(Process process, string name, int initPid)
        : base(name, initPid, null) => this.process = process;

    /// <summary>Its processes, pid 1 left out.</summary>
    public IReadOnlyList<LabProcessEntry> Processes => LabProcessTable.Of(this);

    /// <summary>Writes a file with this mode (0644 unless named), making its folder, as the machine sees it.</summary>
    public void WriteFile(string path, string content, UnixFileMode mode = (UnixFileMode)0b110_100_100)
    {
        var outside = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(outside)!);
        // A link there (as /etc/resolv.conf often is) would be followed on the outer machine.
        File.Delete(outside);
        File.WriteAllText(outside, content);
        File.SetUnixFileMode(outside, mode);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
