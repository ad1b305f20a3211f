using Culvert.Stack.Keys;

namespace Culvert.Stack.Values;

/// <summary>https URLs without credentials.</summary>
internal static class UrlText
{
    public static readonly Shape<Uri> Shape = new TextShape<Uri>("an https URL", "`https://api.ipify.org`", "^https://", Parse);

    private static Parsed<Uri> Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.Host.Length == 0)
        {
            return Parsed.Refused<Uri>("it is not an https URL", "write it like `https://api.ipify.org`");
        }

        return url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? Parsed.Value(url)
            : Parsed.Refused<Uri>("it holds a user, a password or a fragment, and none is sent", "remove that part");
    }
}
