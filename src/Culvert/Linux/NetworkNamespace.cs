namespace Culvert.Linux;

/// <summary>The network namespace that this process is in.</summary>
internal static class NetworkNamespace
{
    /// <summary>The kernel's name of it, such as <c>net:[4026532281]</c>: the same for everybody in it, and nobody else's while it exists.</summary>
    public static string OwnId() => new FileInfo("/proc/self/ns/net").LinkTarget
        ?? throw new IOException("/proc/self/ns/net is no link; is /proc mounted?");
}
