namespace Culvert.Runtimes.Namespaces;

/// <summary>How an entry of the host's /run appears inside.</summary>
internal enum RunEntry
{
    Hidden,

    /// <summary>The host's own: what either side does to it, the other sees.</summary>
    Shown,

    /// <summary>A directory of the command's own, each of whose entries is looked at by itself.</summary>
    ShownInPart,
}
