using System.Text;

namespace Culvert.Tunnel.Drivers;

/// <summary>One line of a configuration, read and written as OpenVPN's <c>parse_line</c> does: quotes, backslashes, comments.</summary>
internal static class OpenVpnLine
{
    /// <summary>OpenVPN reads 255 bytes at a time and takes the rest of a longer line for a line of its own.</summary>
    public const int LongestRendered = 240;

    private enum Mode
    {
        Between,
        Bare,
        Double,
        Single,
    }

    /// <summary>Null when a quote is not closed or a backslash ends the line. A comment is a line without words.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var mode = Mode.Between;
        var escaped = false;
        foreach (var c in line)
        {
            var space = char.IsWhiteSpace(c);
            if (mode == Mode.Between && !escaped && c is ('#' or ';'))
            {
                break;
            }

            if (!escaped && c == '\\' && mode != Mode.Single)
            {
                escaped = true;
                continue;
            }

            switch (mode)
            {
                case Mode.Between when space && !escaped:
                    break;
                case Mode.Between when c == '"' && !escaped:
                    mode = Mode.Double;
                    break;
                case Mode.Between when c == '\'' && !escaped:
                    mode = Mode.Single;
                    break;
                case Mode.Between:
                    mode = Mode.Bare;
                    word.Append(c);
                    break;
                case Mode.Bare when space && !escaped:
                case Mode.Double when c == '"' && !escaped:
                case Mode.Single when c == '\'':
                    words.Add(word.ToString());
                    word.Clear();
                    mode = Mode.Between;
                    break;
                default:
                    word.Append(c);
                    break;
            }

            escaped = false;
        }

        if (mode == Mode.Bare && !escaped)
        {
            words.Add(word.ToString());
            mode = Mode.Between;
        }

        return mode == Mode.Between && !escaped ? words : null;
    }

    /// <summary>Null when the line cannot be written so that OpenVPN reads back the same words.</summary>
    public static string? Render(string name, IEnumerable<string> arguments)
    {
        var line = new StringBuilder(name);
        foreach (var argument in arguments)
        {
            if (argument.Any(c => c is < ' ' or > '~'))
            {
                return null;
            }

            line.Append(' ').Append(Quote(argument));
        }

        return line.Length <= LongestRendered ? line.ToString() : null;
    }

    public static string Quote(string argument) =>
        $"\"{argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
