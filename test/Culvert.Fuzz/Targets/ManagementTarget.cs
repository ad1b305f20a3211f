using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Drivers;

namespace Culvert.Fuzz.Targets;

/// <summary>Lines of OpenVPN's management interface, against a grammar in regular expressions.</summary>
internal static partial class ManagementTarget
{
    public static readonly FuzzTarget Target = new("management", Check,
        ["\n", ",", ":", "'", ">", ">STATE:1700000000,CONNECTED,SUCCESS,10.8.0.2,203.0.113.11,1194,,\n", ">BYTECOUNT:1,2\n", ">LOG:1,W,text\n", ">HOLD:", ">PASSWORD:Need 'Auth'", ">PASSWORD:Verification Failed: '", ">FATAL:", "ERROR: ",
            "9223372036854775808", "127.0.0.1", "224.0.0.1", "010.8.0.2", "\r"]);

    private static void Check(byte[] input)
    {
        using var lines = new StringReader(Encoding.UTF8.GetString(input));
        while (lines.ReadLine() is { } line)
        {
            var (seen, expected) = (ManagementLine.Parse(line), ReadSlowly(line));
            if (seen != expected)
            {
                throw new DisagreementException($"{seen}, where the oracle reads {expected}");
            }
        }
    }

    private static ManagementLine ReadSlowly(string line)
    {
        var match = Grammar().Match(line);
        string Of(string name) => match.Groups[name].Value;
        return match.Groups.Cast<Group>().Skip(1).LastOrDefault(group => group.Success && group.Name.StartsWith("is", StringComparison.Ordinal))?.Name switch
        {
            "isHold" => new ManagementLine.Hold(),
            "isState" => new ManagementLine.State(Of("name"), Of("detail"), Address().IsMatch(Of("address")) ? System.Net.IPAddress.Parse(Of("address")) : null),
            "isCount" when Number(Of("in")) is { } received && Number(Of("out")) is { } sent => new ManagementLine.ByteCount(received, sent),
            "isLog" => new ManagementLine.Log(Of("flags"), Of("text")),
            "isNeed" => new ManagementLine.PasswordNeeded(Of("kind")),
            "isRefused" => new ManagementLine.PasswordRefused(Of("kind")),
            "isFatal" => new ManagementLine.Fatal(Of("text")),
            "isError" => new ManagementLine.CommandFailed(Of("text").Trim()),
            _ => new ManagementLine.Other(),
        };
    }

    private static long? Number(string digits) => BigInteger.Parse(digits) <= long.MaxValue ? long.Parse(digits) : null;

    // A number may end in NUL: .NET takes it for the end of a string of C.
    [GeneratedRegex("""
        \A(
        (?<isHold>>HOLD:)
        |(?<isState>>STATE:)[^,]*,(?<name>[^,]*)(,(?<detail>[^,]*)(,(?<address>[^,]*))?)?
        |(?<isCount>>BYTECOUNT:)(?<in>[0-9]+)\0*,(?<out>[0-9]+)\0*\z
        |(?<isLog>>LOG:)[^,]*,(?<flags>[^,]*),(?<text>.*)\z
        |(?<isNeed>>PASSWORD:)Need[ ]'(?<kind>[^']*)'
        |(?<isRefused>>PASSWORD:)Verification[ ]Failed:[ ]'(?<kind>[^']*)'
        |(?<isFatal>>FATAL:)(?<text>.*)\z
        |(?<isError>ERROR:)(?<text>.*)\z
        )
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Grammar();

    // One host's address, in the spelling that there is one of.
    [GeneratedRegex(@"\A(?!0\.|127\.|22[4-9]\.|2[345][0-9]\.)((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.(?=[0-9])|\z)){4}\z")]
    private static partial Regex Address();
}
