using System.Collections.Immutable;
using System.Text;

namespace Culvert.Tunnel.Drivers;

/// <summary>Certificates and keys of one profile, from blocks and from the files that it names.</summary>
internal sealed class OpenVpnMaterial(string profile, bool readFiles, ProfileFindings findings)
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> blocks = new(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, IReadOnlyList<string>> Blocks => blocks.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public bool Has(string tag) => blocks.ContainsKey(tag);

    public void AddBlock(int line, string tag, IReadOnlyList<string> content)
    {
        if (OpenVpnBlock.Normalize(tag, content, out var problem) is not { } lines)
        {
            findings.Refuse(line, tag, problem!);
        }
        else if (!blocks.TryAdd(tag, lines))
        {
            findings.Refuse(line, tag, "it is given twice; keep one");
        }
    }

    public void AddFile(int line, string name, IReadOnlyList<string> arguments)
    {
        if (arguments.Count is 0 or > 2)
        {
            findings.Refuse(line, name, $"it should name a file; correct it or put the content between <{name}> and </{name}>");
            return;
        }

        // With the block present, OpenVPN's own placeholder stands for a file.
        if (arguments[0] == "[inline]" || !readFiles)
        {
            return;
        }

        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(profile))!, arguments[0]);
        if (OpenVpnFiles.Read(file, out var problem) is not { } content)
        {
            findings.Refuse(line, name, $"its file: {problem}");
        }
        else if (OpenVpnDirectives.SecretBlocks.Contains(name) && OpenVpnFiles.OthersMayRead(file))
        {
            findings.Refuse(line, name, "its file can be read by others; `chmod 600` it");
        }
        else
        {
            AddBlock(line, name, name == "pkcs12" ? OpenVpnBlock.Encode(content) : Encoding.UTF8.GetString(content).Split('\n'));
        }
    }
}
