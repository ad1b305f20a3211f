using System.Collections.Immutable;

namespace Culvert.Stack.Yaml;

/// <summary>A place in a file, both parts counted from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>A value of a YAML document with the place where it begins.</summary>
internal abstract record Node(Position At);

/// <summary><see cref="Plain"/> is false for text in quotes, which is never a number, a flag or nothing.</summary>
internal sealed record ScalarNode(Position At, string Text, bool Plain) : Node(At)
{
    /// <summary>Nothing was written, or one of the words that YAML has for it.</summary>
    public bool IsNothing => Plain && Text is ("" or "~" or "null" or "Null" or "NULL");
}

internal sealed record ListNode(Position At, ImmutableArray<Node> Items) : Node(At);

internal sealed record MapNode(Position At, ImmutableArray<MapEntry> Entries) : Node(At);

internal sealed record MapEntry(ScalarNode Key, Node Value);

/// <summary>A value that was already refused: whoever meets it says nothing more about it.</summary>
internal sealed record RefusedNode(Position At) : Node(At);
