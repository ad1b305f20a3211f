using System.Text;
using System.Text.RegularExpressions;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Fuzz.Targets;

/// <summary>What adguardvpn-cli prints, whatever it is: no reader throws, nothing is left for a terminal, virtual locations come last, and only AdGuard's own pages pass for its own.</summary>
internal static partial class AdGuardTarget
{
    private const string Header = "ISO   COUNTRY              CITY                           PING ESTIMATE";

    public static readonly FuzzTarget Target = new("adguard", Check,
        ["\n", "\r", "\t", " ", ": ", "\x1b[32m", "\x1b]0;x\x07", "\x1b", "\xc2\x9b", "\xd9\xa3", "\xe2\x80\xae", Header + "\n", "(Virtual)", "(virtual)", "SE    Sweden               Stockholm                      24\n",
            "Connected to NEW YORK in TUN mode, running on tun0\n", "VPN is disconnected\n", "You are not logged in\n", "Logged in as ", "You are using the PREMIUM version\n", "Up to 10 devices can be connected", "valid until 2026-08-17", "renewed on ",
            "link will be available for 1799 seconds: https://auth.adguard.io/device_code?user_code=XXXX-XXXX\n", "@", "%E2%80%AE", "\tMode: tun\n", "\tTunnel routing mode: none\n", "\tChange system DNS: off\n"]);

    private static void Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var lines = AdGuardText.Lines(text);
        CheckLines(text, lines);
        CheckStatus(lines);
        CheckLocations(lines);
        CheckConfiguration(lines);
        foreach (var line in lines)
        {
            CheckLogin(line);
        }

        if (AdGuardLicense.Parse(lines) is { Devices: < 0 } or { Account: "" } or { Plan: "" })
        {
            throw new DisagreementException("a license that makes no sense");
        }
    }

    private static void CheckLines(string text, IReadOnlyList<string> lines)
    {
        if (lines.Any(line => line.Any(letter => letter != '\t' && char.IsControl(letter))))
        {
            throw new DisagreementException("a control character is left");
        }

        // Without an escape nothing but control characters is lost.
        if (!text.Contains('\e', StringComparison.Ordinal) && text.Length < 500
            && !lines.SequenceEqual(text.Split('\n', '\r').Select(line => Control().Replace(line.TrimEnd(), ""))))
        {
            throw new DisagreementException("the lines are not what was printed");
        }
    }

    private static void CheckStatus(IReadOnlyList<string> lines)
    {
        var expected = lines.Select(line => Status().Match(line.Trim())).FirstOrDefault(match => match.Success) switch
        {
            null => AdGuardState.Unknown,
            var match when match.Groups["out"].Success => AdGuardState.LoggedOut,
            var match when match.Groups["off"].Success => AdGuardState.Disconnected,
            var match when match.Groups["on"].Success => AdGuardState.Connected,
            _ => AdGuardState.Unavailable,
        };
        var status = AdGuardStatus.Parse(0, lines);
        if (status.State != expected || status.State == AdGuardState.Connected != (status.City is not null))
        {
            throw new DisagreementException($"{status}, where the oracle reads {expected}");
        }

        if (status.Notes.Count != lines.Count(line => line.Trim().Length > 0) - (expected == AdGuardState.Unknown ? 0 : 1))
        {
            throw new DisagreementException("a line of the status is lost");
        }
    }

    private static void CheckLocations(IReadOnlyList<string> lines)
    {
        var locations = AdGuardLocation.Parse(lines);
        if (!locations.Select(location => location.IsVirtual).Order().SequenceEqual(locations.Select(location => location.IsVirtual)))
        {
            throw new DisagreementException("a virtual location stands before one that is not");
        }

        // A row says where it is, however long its cells are.
        foreach (var line in lines)
        {
            var virtually = line.Contains("(Virtual)", StringComparison.OrdinalIgnoreCase);
            if (AdGuardLocation.Parse([Header, line]) is [var location] && (location.IsVirtual != virtually || location.City.Length == 0 || location.Iso.Length != 2))
            {
                throw new DisagreementException($"'{line}' is taken for {location}");
            }
        }
    }

    private static void CheckConfiguration(IReadOnlyList<string> lines)
    {
        var right = (string[])["Mode: tun", "Tunnel routing mode: none", "Change system DNS: off"];
        var wrong = right.Count(setting => !string.Equals(
            lines.Select(line => Setting().Match(line)).LastOrDefault(match => match.Groups[1].Value.Equals(setting.Split(':')[0], StringComparison.OrdinalIgnoreCase))?.Groups[2].Value,
            setting.Split(": ")[1],
            StringComparison.OrdinalIgnoreCase));
        var problems = AdGuardConfiguration.Parse(lines).Problems();
        if (problems.Count != wrong)
        {
            throw new DisagreementException($"{problems.Count} problems, where the oracle has {wrong}");
        }
    }

    private static void CheckLogin(string line)
    {
        if (AdGuardLogin.Parse(line) is not AdGuardLogin.Link link)
        {
            return;
        }

        // What a person is shown.
        var page = $"{link.Page}";
        if (!link.IsForeign && (!Own().IsMatch(page) || !Own().IsMatch(link.Page.AbsoluteUri)))
        {
            throw new DisagreementException($"'{page}' passes for AdGuard's own");
        }

        if (page.Any(char.IsControl) || link.ValidFor < TimeSpan.Zero)
        {
            throw new DisagreementException("a page that a terminal would act on");
        }
    }

    [GeneratedRegex(@"[\0-\x08\x0b-\x1f\x7f-\x9f]")]
    private static partial Regex Control();

    [GeneratedRegex(@"\A((?<out>You are not logged in)|(?<off>VPN is disconnected)|VPN active, but status unavailable|(?<on>Connected to .+ in [A-Z0-9]+ mode))")]
    private static partial Regex Status();

    [GeneratedRegex(@"\A[\t ]\s*([^:]*?)\s*:\s*(.*?)\s*\z")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\Ahttps://([a-z0-9_-]+\.)*(adguard\.io|adguard\.com|adguard-vpn\.com)(/[!-~]*)?\z")]
    private static partial Regex Own();
}
