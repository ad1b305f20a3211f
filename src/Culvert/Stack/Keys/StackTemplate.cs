using System.Text;

namespace Culvert.Stack.Keys;

/// <summary>
/// The culvert.yaml that a new stack begins with: every key with what it means and its default, commented out as
/// <c>#key: value</c>. Sections stay open, so that removing one <c>#</c> is all it takes.
/// </summary>
internal static class StackTemplate
{
    private const int Width = 100;

    /// <param name="schemaPath">Where editors find the JSON Schema, from the file's own folder.</param>
    /// <param name="chosen">Values that differ from the default, by path (<c>vpn.driver</c>), as YAML.</param>
    public static string Render(string schemaPath, IReadOnlyDictionary<string, string> chosen)
    {
        var text = new StringBuilder()
            .Append($"# yaml-language-server: $schema={schemaPath}\n")
            .Append("# A Culvert stack. Every key has a default: uncomment only what should differ from it.\n")
            .Append("# Secrets are never written here: such a key names a file, which only its owner can read.\n");
        foreach (var key in StackKeys.Root.Keys)
        {
            text.Append('\n');
            Append(text, key, "", "", chosen);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Key key, string indent, string prefix, IReadOnlyDictionary<string, string> chosen)
    {
        AppendComment(text, key.Description, indent);
        var path = prefix + key.Name;
        if (key.Shape.Keys.Count > 0)
        {
            text.Append($"{indent}{key.Name}:\n");
            foreach (var below in key.Shape.Keys)
            {
                Append(text, below, indent + "  ", path + ".", chosen);
            }
        }
        else if (chosen.TryGetValue(path, out var value))
        {
            text.Append($"{indent}{key.Name}: {value}\n");
        }
        else
        {
            if (key is { Default: not null, Example: not null })
            {
                // Whole on one line, so that it can be copied.
                text.Append($"{indent}# Example: {key.Example}\n");
            }

            text.Append($"{indent}#{key.Name}: {key.Default ?? key.Example}\n");
        }
    }

    private static void AppendComment(StringBuilder text, string comment, string indent)
    {
        var line = new StringBuilder();
        foreach (var word in comment.Split(' '))
        {
            if (line.Length > 0 && indent.Length + line.Length + word.Length + 3 > Width)
            {
                text.Append($"{indent}#{line}\n");
                line.Clear();
            }

            line.Append(' ').Append(word);
        }

        text.Append($"{indent}#{line}\n");
    }
}
