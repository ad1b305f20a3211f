using CsCheck;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Tests.Tunnel.Drivers.AdGuard;

/// <summary>Every sample of the client's output that is known, and what a stranger might put in its place.</summary>
public sealed class AdGuardOutputTests
{
    private const string Locations = """
        ISO   COUNTRY              CITY                           PING ESTIMATE
        RU    Russia               Moscow (Virtual)               126
        SE    Sweden               Stockholm                      24
        IL    Israel               Tel Aviv                       n/a
        US    United States        New York                       101

        You can connect to a location by running `adguardvpn-cli connect -l <city, country or ISO code>`
        XX    Nowhere              Not a location                 1
        """;

    [Theory]
    [InlineData(11, "You are not logged in\nYou can log in by running `adguardvpn-cli login`", "LoggedOut")]
    [InlineData(0, "VPN is disconnected", "Disconnected")]
    [InlineData(10, "VPN active, but status unavailable", "Unavailable")]
    [InlineData(11, "", "LoggedOut")]
    [InlineData(10, "something new", "Unavailable")]
    [InlineData(0, "something new", "Unknown")]
    [InlineData(0, "", "Unknown")]
    public void A_status_without_a_tunnel_is_read(int exitCode, string text, string state) =>
        Assert.Equal(state, AdGuardStatus.Parse(exitCode, AdGuardText.Lines(text)).State.ToString());

    [Theory]
    [InlineData("Connected to STOCKHOLM in TUN mode, running on tun0", "STOCKHOLM", "TUN", "tun0")]
    [InlineData("Connected to TEL AVIV in TUN mode, running on tun0", "TEL AVIV", "TUN", "tun0")]
    [InlineData("Connected to NEW YORK in SOCKS mode", "NEW YORK", "SOCKS", null)]
    [InlineData("\u001b[32mConnected to \u001b[1mSTOCKHOLM\u001b[0m in TUN mode, running on tun0\u001b[0m", "STOCKHOLM", "TUN", "tun0")]
    [InlineData("checking\rConnected to STOCKHOLM in TUN mode, running on tun0\r\n", "STOCKHOLM", "TUN", "tun0")]
    public void A_connection_is_read_with_its_city(string text, string city, string mode, string? device)
    {
        var status = AdGuardStatus.Parse(0, AdGuardText.Lines(text));
        Assert.Equal((AdGuardState.Connected, city, mode, device), (status.State, status.City, status.Mode, status.Interface));
    }

    [Fact]
    public void Further_lines_are_kept_as_they_are()
    {
        var status = AdGuardStatus.Parse(0, AdGuardText.Lines("""
            Connected to STOCKHOLM in TUN mode, running on tun0
            System DNS was not changed: resolvectl is missing
            Site exclusions mode: general
            You can disconnect by running `adguardvpn-cli disconnect`
            """));
        Assert.Equal(3, status.Notes.Count);
        Assert.Equal("Site exclusions mode: general", status.Notes[1]);
    }

    [Fact]
    public void Locations_are_read_by_their_columns_and_virtual_ones_come_last() => Assert.Equal(
        [
            new AdGuardLocation("SE", "Sweden", "Stockholm", IsVirtual: false, TimeSpan.FromMilliseconds(24)),
            new AdGuardLocation("IL", "Israel", "Tel Aviv", IsVirtual: false, null),
            new AdGuardLocation("US", "United States", "New York", IsVirtual: false, TimeSpan.FromMilliseconds(101)),
            new AdGuardLocation("RU", "Russia", "Moscow", IsVirtual: true, TimeSpan.FromMilliseconds(126)),
        ],
        AdGuardLocation.Parse(AdGuardText.Lines(Locations)));

    [Theory]
    [InlineData("US    United States        Llanfairpwllgwyngyll City (Virtual)  126", "Llanfairpwllgwyngyll City")]
    [InlineData("RU    Russia               Moscow (virtual) *             126", "Moscow")]
    [InlineData("RU    Russia               Moscow                         126 (Virtual)", "Moscow")]
    public void A_virtual_location_is_known_wherever_its_row_says_so(string row, string city) => Assert.Equivalent(
        new { City = city, IsVirtual = true },
        Assert.Single(AdGuardLocation.Parse([Locations.Split('\n')[0], row])));

    [Theory]
    [InlineData("You are not logged in")]
    [InlineData("")]
    [InlineData("ISO   COUNTRY")]
    [InlineData("ISO   COUNTRY              CITY                           PING ESTIMATE\n\nSE    Sweden               Stockholm                      24")]
    public void No_table_is_no_location(string text) => Assert.Empty(AdGuardLocation.Parse(AdGuardText.Lines(text)));

    [Theory]
    [InlineData("Your subscription will be renewed on 2026-08-17", true)]
    [InlineData("Your subscription is valid until 2026-08-17", false)]
    public void A_license_is_read(string last, bool renews) => Assert.Equal(
        new AdGuardLicense("user@example.com", "PREMIUM", 10, new DateOnly(2026, 8, 17), renews),
        AdGuardLicense.Parse(AdGuardText.Lines($"Logged in as user@example.com\nYou are using the PREMIUM version\nUp to 10 devices can be connected simultaneously\n{last}")));

    [Fact]
    public void A_configuration_is_read_and_compared()
    {
        var right = AdGuardConfiguration.Parse(AdGuardText.Lines("Current configuration:\n\tMode: tun\n\tTunnel routing mode: none\n\tChange system DNS: off\n\tProtocol: http2\n\tBound interface override: not set\n"));
        Assert.Empty(right.Problems());
        Assert.Equal(("http2", "not set"), (right.Values["protocol"], right.Values["Bound interface override"]));
        var wrong = AdGuardConfiguration.Parse(AdGuardText.Lines("Current configuration:\n\tMode: tun\n\tTunnel routing mode: auto\n\tProtocol: Default (auto)\n"));
        Assert.Equal(
            [
                "adguardvpn-cli shows `Change system DNS: (nothing)` where `off` was set",
                "adguardvpn-cli shows `Tunnel routing mode: auto` where `none` was set",
            ],
            wrong.Problems());
    }

    [Theory]
    [InlineData("https://auth.adguard.io/device_code?user_code=XXXX-XXXX", false)]
    [InlineData("https://adguard.com/x", false)]
    [InlineData("https://auth.adguard.io.evil.example/device_code", true)]
    [InlineData("https://notadguard.io/device_code", true)]
    [InlineData("https://auth.adguard.io@evil.example/", true)]
    [InlineData("https://user@auth.adguard.io/", true)]
    [InlineData("https://@auth.adguard.io/device_code", true)]
    [InlineData("http://auth.adguard.io/device_code", true)]
    [InlineData("https://auth.adguard.io:8443/device_code", true)]
    [InlineData("https://auth.аdguard.io/device_code", true)] // A Cyrillic а.
    [InlineData("https://auth\ufffd.adguard.io/device_code", true)]
    [InlineData("https://auth.adguard.io/%D0%B0", true)]
    [InlineData("https://auth.adguard.io/\u202eedoc", true)]
    public void A_login_link_is_read_and_a_foreign_one_is_noticed(string page, bool foreign)
    {
        var line = $"You need to authorize in your browser. The following link will be available for 1799 seconds: {page}";
        Assert.Equal(new AdGuardLogin.Link(new Uri(page), TimeSpan.FromSeconds(1799), foreign), AdGuardLogin.Parse(line));
    }

    [Fact]
    public void Digits_of_other_scripts_are_no_seconds() =>
        Assert.Null(AdGuardLogin.Parse("The following link will be available for ١٧٩٩ seconds: https://auth.adguard.io/device_code"));

    [Fact]
    public void The_other_steps_of_a_login_are_read()
    {
        Assert.IsType<AdGuardLogin.Done>(AdGuardLogin.Parse("Successfully Logged in"));
        Assert.Equal(new AdGuardLogin.Failed("Failed to get auth link"), AdGuardLogin.Parse("Failed to get auth link"));
        Assert.Null(AdGuardLogin.Parse("b - Open link in browser"));
        Assert.Null(AdGuardLogin.Parse(""));
    }

    [Fact]
    public void Any_text_is_read_as_something_without_control_characters() => Gen.Select(Gen.String, Gen.Int[0, 20]).Sample((text, exitCode) =>
    {
        var lines = AdGuardText.Lines(text);
        AdGuardLocation.Parse(lines);
        AdGuardLicense.Parse(lines);
        AdGuardConfiguration.Parse(lines).Problems();
        AdGuardLogin.Parse(text);
        return AdGuardStatus.Parse(exitCode, lines).Notes.All(note => !note.Any(char.IsControl) || note.Contains('\t', StringComparison.Ordinal));
    });

    [Fact]
    public void Any_mixture_of_its_own_words_is_read_too()
    {
        string[] pieces = [.. Locations.Split('\n'), "\n", "\u001b[", "31m", "Connected to ", " in TUN mode", "Logged in as ", "valid until 2026-13-99", "available for 999999 seconds: https://", "available for 9 seconds: https://[", "\t", ": "];
        Gen.OneOf(pieces).Array[0, 20].Select(string.Concat).Sample(text =>
        {
            var lines = AdGuardText.Lines(text);
            AdGuardLocation.Parse(lines);
            AdGuardLicense.Parse(lines);
            foreach (var line in lines)
            {
                AdGuardLogin.Parse(line);
            }

            return AdGuardStatus.Parse(0, lines) is not null;
        });
    }
}
