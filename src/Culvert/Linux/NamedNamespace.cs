using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Linux;

/// <summary>A named network namespace, as <c>ip netns</c> keeps it.</summary>
internal static partial class NamedNamespace
{
    public const string Directory = "/run/netns";
    private const int NewNetwork = 0x40000000;

    public static string PathOf(string name) => $"{Directory}/{name}";

    public static bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>Writes files under /proc/sys/net as seen from inside: which namespace they mean depends on the thread that opens them.</summary>
    public static void WriteSysctl(string name, string key, string value)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = WriteFromInside(name, key, value));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new IOException($"setting {key}={value} in namespace {name}: {failure.Message}", failure);
        }
    }

    private static Exception? WriteFromInside(string name, string key, string value)
    {
        try
        {
            using var space = File.OpenHandle(PathOf(name));
            if (SetNamespace(space, NewNetwork) != 0)
            {
                return new Win32Exception(Marshal.GetLastPInvokeError());
            }

            File.WriteAllText($"/proc/sys/{key.Replace('.', '/')}", value);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);
}
