using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>Becomes another program: same pid, terminal, files and environment.</summary>
internal static partial class ProcessImage
{
    private const int SigPipe = 13;
    private const nint DefaultAction = 0;

    /// <summary>Returns only by throwing <see cref="Win32Exception"/>: the program could not be started. PATH is searched.</summary>
    public static unsafe void Replace(string program, IReadOnlyList<string> arguments)
    {
        // .NET ignores SIGPIPE, and an ignored signal stays ignored over exec: `culvert run -- yes | head` would not end.
        Signal(SigPipe, DefaultAction);
        var argv = NativeStrings.Of([program, .. arguments]);
        try
        {
            fixed (byte** pointer = argv.Pointers)
            {
                ExecuteFromPath(program, pointer);
            }

            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        finally
        {
            argv.Free();
        }
    }

    /// <summary>Changes the environment that <see cref="Replace"/> hands on; .NET keeps its own copy, which does not count there.</summary>
    public static void SetEnvironment(string name, string value)
    {
        if (SetEnv(name, value, 1) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ExecuteFromPath(string file, byte** argv);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
