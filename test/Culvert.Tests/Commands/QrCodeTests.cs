using Culvert.Commands.Login;

namespace Culvert.Tests.Commands;

public sealed class QrCodeTests
{
    /// <summary>A corner of the code: the quiet zone, and the finder pattern that a camera looks for.</summary>
    [Fact]
    public void Has_its_quiet_zone_and_the_finder_patterns_in_three_corners()
    {
        var lines = QrCode.Lines("https://auth.adguard.io/device_code?user_code=ABCD-EFGH");
        var width = lines[0].Length;
        Assert.All(lines, line => Assert.Equal(width, line.Length));
        Assert.Equal((width + 1) / 2, lines.Count);
        Assert.Equal(new string('█', width), lines[0]);
        // Dark ring, light ring, dark middle, from the fifth module on.
        string[] corner = [" ▄▄▄▄▄ ", " █   █ ", " █▄▄▄█ "];
        Assert.Equal(corner, lines.Skip(2).Take(3).Select(line => line.Substring(4, 7)));
        Assert.Equal(corner, lines.Skip(2).Take(3).Select(line => line.Substring(width - 11, 7)));
        Assert.NotEqual(lines, QrCode.Lines("https://auth.adguard.io/device_code?user_code=ABCD-EFGI"));
    }
}
