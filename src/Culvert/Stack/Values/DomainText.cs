using System.Net;
using System.Text;
using Culvert.Stack.Keys;

namespace Culvert.Stack.Values;

/// <summary>Names of hosts, as DNS has them.</summary>
internal static class DomainText
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    public static readonly Shape<DomainSuffix> Suffix = new TextShape<DomainSuffix>("a domain", "`openai.com`", null, Parse);

    public static bool IsHostName(string text) =>
        text.Length is > 0 and <= LongestName && text.Split('.').All(IsLabel);

    private static Parsed<DomainSuffix> Parse(string text)
    {
        var name = text.ToLowerInvariant();
        if (name.StartsWith("*.", StringComparison.Ordinal))
        {
            return Parsed.Refused<DomainSuffix>("a domain stands for itself and every name below it", $"write {name[2..]}");
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0)
        {
            return Parsed.Refused<DomainSuffix>("it is a URL and only the name of the host counts", $"write {UriHost.Of(url)}");
        }

        if (IPAddress.TryParse(name, out _))
        {
            return Parsed.Refused<DomainSuffix>("it is an address and only names are compared", "write the name of the host");
        }

        if (!Ascii.IsValid(name))
        {
            return Parsed.Refused<DomainSuffix>("DNS has it in ASCII", "write it in its xn-- form");
        }

        name = name.TrimEnd('.');
        return IsHostName(name)
            ? Parsed.Value(new DomainSuffix(name))
            : Parsed.Refused<DomainSuffix>("it is not the name of a host", "write it like `openai.com`: letters, digits and - between dots, without a port or a path");
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel
        && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
