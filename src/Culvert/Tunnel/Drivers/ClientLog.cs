using System.Globalization;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>
/// Passes on what the client has to say to people: its warnings and errors, without the password, without control characters
/// and not without end, because a server can make a client talk.
/// </summary>
internal sealed class ClientLog(string client, TextWriter output, TimeProvider time, Secret? secret)
{
    private const int LongestLine = 300;
    private const int LinesPerMinute = 30;

    private DateTimeOffset minute;
    private int lines;
    private string? last;

    /// <summary>The last error, as a reason for what happens next.</summary>
    public string? LastTrouble { get; private set; }

    /// <summary>A line of OpenVPN's log, with its flags.</summary>
    public void Take(ManagementLine.Log line)
    {
        if (line.Flags.AsSpan().ContainsAny("FNW") && !line.Text.StartsWith("MANAGEMENT:", StringComparison.Ordinal))
        {
            Take(line.Text, isError: line.Flags.AsSpan().ContainsAny("FN"));
        }
    }

    /// <summary>A warning or an error.</summary>
    public void Take(string line, bool isError)
    {
        var text = Clean(line);
        LastTrouble = isError ? text : LastTrouble;
        Write(text);
    }

    public string Clean(string text)
    {
        var clean = secret?.Reveal() is { Length: > 0 } hidden ? text.Replace(hidden, "***", StringComparison.Ordinal) : text;
        clean = string.Create(Math.Min(clean.Length, LongestLine), clean, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = IsVisible(from[i]) ? from[i] : '?';
            }
        });
        return clean.Trim();
    }

    // Format characters reverse or hide text (U+202E), control characters move the cursor; a server's certificate may hold both.
    private static bool IsVisible(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private void Write(string text)
    {
        if (text == last)
        {
            return;
        }

        last = text;
        var now = time.GetUtcNow();
        (minute, lines) = now - minute >= TimeSpan.FromMinutes(1) ? (now, 0) : (minute, lines);
        if (++lines <= LinesPerMinute)
        {
            output.WriteLine(lines == LinesPerMinute ? $"{client}: … (more in this minute is left out)" : $"{client}: {text}");
        }
    }
}
