using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>
/// Starts a program that outlives its starter: a session of its own, stdin from /dev/null, stdout and stderr appended
/// straight to a file (a pipe would kill it with its reader), default signals.
/// </summary>
internal static unsafe partial class DetachedProcess
{
    // Both C libraries define these structures opaquely; glibc's larger one has 336 bytes.
    private const int OpaqueSize = 512;
    private const int SignalSetSize = 128;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const uint LogMode = 0x1A0; // 0640

    /// <summary>The pid. Throws <see cref="Win32Exception"/> when the program or the log cannot be opened.</summary>
    public static int Start(IReadOnlyList<string> commandLine, IReadOnlyDictionary<string, string> environment, string log)
    {
        var argv = NativeStrings.Of(commandLine);
        var envp = NativeStrings.Of([.. environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        var attributes = NativeMemory.AllocZeroed(OpaqueSize);
        var actions = NativeMemory.AllocZeroed(OpaqueSize);
        try
        {
            Check(AttributesInit(attributes), commandLine[0]);
            Check(ActionsInit(actions), commandLine[0]);
            DefaultSignals(attributes);
            Check(AddOpen(actions, 0, "/dev/null", 0, 0), commandLine[0]);
            Check(AddOpen(actions, 1, log, WriteOnly | Create | Append, LogMode), log);
            Check(AddDup2(actions, 1, 2), log);
            fixed (byte** arguments = argv.Pointers)
            fixed (byte** variables = envp.Pointers)
            {
                Check(Spawn(out var pid, commandLine[0], actions, attributes, arguments, variables), commandLine[0]);
                return pid;
            }
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            argv.Free();
            envp.Free();
        }
    }

    private static void DefaultSignals(void* attributes)
    {
        var all = stackalloc byte[SignalSetSize];
        var none = stackalloc byte[SignalSetSize];
        new Span<byte>(all, SignalSetSize).Fill(0xff);
        new Span<byte>(none, SignalSetSize).Clear();
        _ = AttributesSetDefaults(attributes, all);
        _ = AttributesSetMask(attributes, none);
        _ = AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"cannot start {what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int pid, string file, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetDefaults(void* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetMask(void* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(void* actions, int from, int to);
}
