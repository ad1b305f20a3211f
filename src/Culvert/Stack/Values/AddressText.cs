using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Culvert.Stack.Values;

/// <summary>IP addresses in their one full spelling. .NET also takes <c>1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c>, which people do not mean.</summary>
internal static partial class AddressText
{
    public static IPAddress? Parse(string text)
    {
        if (!IPAddress.TryParse(text, out var address) || text.Contains('%') || text.Contains('['))
        {
            return null;
        }

        return address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text ? null : address;
    }

    /// <summary>An IPv4 address in its one spelling.</summary>
    [GeneratedRegex(@"\A(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}\z", RegexOptions.NonBacktracking)]
    public static partial Regex ApplicationPattern();

    public static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;
}
