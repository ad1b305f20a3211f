using System.Text.Json.Serialization;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What takes a deed back. It holds all that it needs, so that a journal can be undone without any configuration.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GoesWith), "goes-with")]
[JsonDerivedType(typeof(RemoveTree), "remove-tree")]
[JsonDerivedType(typeof(RemoveEmptyDirectory), "remove-empty-directory")]
[JsonDerivedType(typeof(UnmountEmptyDirectory), "unmount-empty-directory")]
[JsonDerivedType(typeof(DeleteNamespace), "delete-namespace")]
[JsonDerivedType(typeof(StopProcesses), "stop-processes")]
internal abstract record Undo;

/// <summary>Nothing to do: another undo takes it away.</summary>
internal sealed record GoesWith(string What) : Undo
{
    public override string ToString() => $"goes with {What}";
}

internal sealed record RemoveTree(string Path) : Undo
{
    public override string ToString() => $"remove {Path} and what is in it";
}

/// <summary>For a directory that others may have begun to use meanwhile.</summary>
internal sealed record RemoveEmptyDirectory(string Path) : Undo
{
    public override string ToString() => $"remove {Path} if nothing else is in it";
}

/// <summary><c>ip netns add</c> makes /run/netns a mount of its own when it first runs on a machine.</summary>
internal sealed record UnmountEmptyDirectory(string Path) : Undo
{
    public override string ToString() => $"unmount and remove {Path} if nothing else is in it";
}

internal sealed record DeleteNamespace(string Name) : Undo
{
    public override string ToString() => $"ip netns delete {Name}";
}

internal sealed record StopProcesses(string Stack) : Undo
{
    public override string ToString() => $"stop every process of {Stack}";
}
