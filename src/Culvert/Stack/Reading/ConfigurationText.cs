using System.Text;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Reading;

/// <summary>The bytes of culvert.yaml → text, or the reason why they are not one. Bounded, whatever the path names.</summary>
internal static class ConfigurationText
{
    public const int MaximumBytes = 1024 * 1024;

    private static readonly Position Start = new(1, 1);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null after a finding was added.</summary>
    public static string? Read(string path, Findings findings)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            findings.Add(Start, "the configuration has no usable path", "a path is not empty and holds no NUL", "name the file with --config FILE");
            return null;
        }

        var status = FileStatus.Of(path);
        switch (status)
        {
            case { Kind: FileKind.Missing }:
                findings.Add(Start, "the configuration file is not there", "nothing is assumed in its place", "run `culvert init` to write one, or name another with --config FILE");
                return null;
            case { Kind: FileKind.Directory }:
                findings.Add(Start, "the configuration is a folder", "a file is expected", $"name the file in it, for example --config {Path.Combine(path, "culvert.yaml")}");
                return null;
            case { Kind: FileKind.Special }:
                findings.Add(Start, "the configuration is a pipe, a device or a socket", "reading one may never end", "name a regular file");
                return null;
            case { Size: > MaximumBytes }:
                TooLarge(findings);
                return null;
        }

        try
        {
            return ReadBytes(path, findings) is { } bytes ? Decode(bytes, findings) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            findings.Add(Start, "the configuration file cannot be read", $"the system says: {e.Message}", "check its permissions, and those of the folders above it");
            return null;
        }
    }

    /// <summary>Null after a finding was added.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Findings findings)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        try
        {
            var text = Utf8.GetString(bytes);
            var control = IndexOfControl(text);
            if (control < 0)
            {
                return text;
            }

            findings.Add(PositionOf(text.AsSpan(0, control)), $"the file holds the control character U+{(int)text[control]:X4}", "YAML is text", "remove it; if the file came from elsewhere, do not trust the rest");
        }
        catch (DecoderFallbackException e)
        {
            var valid = Encoding.UTF8.GetString(bytes[..Math.Clamp(e.Index, 0, bytes.Length)]);
            findings.Add(PositionOf(valid), "the file is not UTF-8 text", "a byte here belongs to no character", "save it as UTF-8, or name another file with --config FILE");
        }

        return null;
    }

    // The size that the file system tells can be outdated (a file that grows) or untrue (/proc): the limit holds here as well.
    private static byte[]? ReadBytes(string path, Findings findings)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        var bytes = new byte[MaximumBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length <= MaximumBytes)
        {
            return bytes[..length];
        }

        TooLarge(findings);
        return null;
    }

    private static void TooLarge(Findings findings) => findings.Add(
        Start, "the configuration file is larger than 1 MiB", "no stack needs that much and a larger one is not read", "name the right file with --config FILE");

    private static int IndexOfControl(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is (< ' ' and not ('\t' or '\n' or '\r')) or '\x7f')
            {
                return i;
            }
        }

        return -1;
    }

    private static Position PositionOf(ReadOnlySpan<char> before)
    {
        var lastBreak = before.LastIndexOf('\n');
        return new Position(before.Count('\n') + 1, before.Length - lastBreak);
    }
}
