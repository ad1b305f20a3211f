using System.Globalization;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Drivers.AdGuard;

/// <summary>What <c>license</c> said; null for what it did not say. <see cref="Until"/> is the day of renewal or of the end, as <see cref="Renews"/> tells.</summary>
internal sealed partial record AdGuardLicense(string? Account, string? Plan, int? Devices, DateOnly? Until, bool Renews)
{
    public static AdGuardLicense Parse(IReadOnlyList<string> lines)
    {
        var license = new AdGuardLicense(null, null, null, null, Renews: false);
        foreach (var line in lines)
        {
            license = (AccountLine().Match(line), PlanLine().Match(line), DevicesLine().Match(line), UntilLine().Match(line)) switch
            {
                ({ Success: true } account, _, _, _) => license with { Account = account.Groups[1].Value },
                (_, { Success: true } plan, _, _) => license with { Plan = plan.Groups[1].Value },
                (_, _, { Success: true } devices, _) => license with { Devices = Number(devices.Groups[1].Value) },
                (_, _, _, { Success: true } until) => license with { Until = Day(until.Groups[2].Value), Renews = until.Groups[1].Value == "renewed on" },
                _ => license,
            };
        }

        return license;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    [GeneratedRegex(@"^Logged in as (\S+)$")]
    private static partial Regex AccountLine();

    [GeneratedRegex(@"^You are using the (\S+) version")]
    private static partial Regex PlanLine();

    [GeneratedRegex(@"^Up to (\d+) devices? can be connected")]
    private static partial Regex DevicesLine();

    [GeneratedRegex(@"\b(renewed on|valid until) (\d{4}-\d{2}-\d{2})")]
    private static partial Regex UntilLine();
}
