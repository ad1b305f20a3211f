using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Culvert.Stack.Yaml;

/// <summary>
/// YAML text → nodes with positions. It takes the part of YAML that a configuration needs: one document, scalars, lists
/// and maps. Aliases are refused because a few of them can stand for gigabytes, tags because they name types.
/// </summary>
internal sealed class YamlText
{
    public const int MaximumDepth = 32;

    private readonly Parser parser;
    private readonly Findings findings;

    private YamlText(string text, Findings findings)
    {
        parser = new Parser(new StringReader(text));
        this.findings = findings;
    }

    /// <summary>Null when the text holds no document, or after a finding was added.</summary>
    public static Node? Parse(string text, Findings findings)
    {
        var yaml = new YamlText(text, findings);
        try
        {
            return yaml.ReadStream();
        }
        catch (TooDeepException)
        {
            return null;
        }
        catch (YamlException e)
        {
            YamlFault.Report(e, text, findings);
            return null;
        }
#pragma warning disable CA1031 // The parser is another project's and reads a stranger's bytes: whatever it throws means "not YAML".
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            findings.Add(yaml.Here, "the YAML cannot be read from here on", "the parser gave up on it", "look for an open quote or bracket, or a stray %, on this line and those around it");
            return null;
        }
    }

    private Position Here => parser.Current is { } now ? PositionOf(now) : new Position(1, 1);

    private Node? ReadStream()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 0);
        parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out _))
        {
            findings.Add(Here, "a second document begins here", "a stack is one document and the rest would be ignored", "remove everything from this `---` on");
        }

        return root;
    }

    private Node ReadNode(int depth)
    {
        var next = parser.Current ?? throw new InvalidOperationException("The stream ended inside a document.");
        var at = PositionOf(next);
        if (depth > MaximumDepth)
        {
            findings.Add(at, $"values are nested deeper than {MaximumDepth} levels", "no key of a stack is that deep", "remove the brackets or the indentation that should not be here");
            throw new TooDeepException();
        }

        return Refuse(next, at) ? Skip(depth, at) : ReadAccepted(depth, at);
    }

    private Node ReadAccepted(int depth, Position at) => parser.Current switch
    {
        Scalar => ReadScalar(at),
        SequenceStart => ReadList(depth, at),
        MappingStart => ReadMap(depth, at),
        var other => throw new InvalidOperationException($"A value cannot begin with {other?.GetType().Name}."),
    };

    private ScalarNode ReadScalar(Position at)
    {
        var scalar = parser.Consume<Scalar>();
        return new ScalarNode(at, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ListNode ReadList(int depth, Position at)
    {
        parser.Consume<SequenceStart>();
        var items = ImmutableArray.CreateBuilder<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ListNode(at, items.DrainToImmutable());
    }

    private MapNode ReadMap(int depth, Position at)
    {
        parser.Consume<MappingStart>();
        var entries = ImmutableArray.CreateBuilder<MapEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (key is not ScalarNode name)
            {
                RefuseKey(key);
            }
            else if (!lines.TryAdd(name.Text, name.At.Line))
            {
                findings.Add(name.At, $"the key {Quoted.Of(name.Text)} is written twice", $"line {lines[name.Text]} has it already and only one can count", "keep one of them");
            }
            else
            {
                entries.Add(new MapEntry(name, value));
            }
        }

        return new MapNode(at, entries.DrainToImmutable());
    }

    private void RefuseKey(Node key)
    {
        if (key is not RefusedNode)
        {
            findings.Add(key.At, "a list or a map stands where a key is expected", "keys are words", "write `key: value`");
        }
    }

    private bool Refuse(ParsingEvent node, Position at)
    {
        if (node is AnchorAlias)
        {
            findings.Add(at, "an alias (`*name`) stands here", "aliases are refused because a few of them can stand for gigabytes", "write the value itself");
            return true;
        }

        if (node is NodeEvent { Anchor.IsEmpty: false })
        {
            findings.Add(at, "an anchor (`&name`) stands here", "aliases are refused, so nothing can use it", "remove it");
            return true;
        }

        if (node is NodeEvent { Tag.IsEmpty: false })
        {
            findings.Add(at, "a tag (`!name`) stands here", "every key has its type already", "remove it");
            return true;
        }

        return false;
    }

    // What is inside a refused value is still read, so that everything wrong is told at once.
    private RefusedNode Skip(int depth, Position at)
    {
        if (!parser.TryConsume<AnchorAlias>(out _))
        {
            ReadAccepted(depth, at);
        }

        return new RefusedNode(at);
    }

    private static Position PositionOf(ParsingEvent e) => new((int)e.Start.Line, (int)e.Start.Column);

    private sealed class TooDeepException : Exception;
}
