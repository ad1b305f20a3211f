using System.Text.Json;

namespace Culvert.Verification;

/// <summary>One interface as <c>ip -json -s addr show dev NAME</c> tells it. A missing one is null.</summary>
internal sealed record LinkObservation(bool Up, IReadOnlyList<string> Addresses, long Received, long Sent)
{
    public static LinkObservation? Parse(string json)
    {
        using var document = JsonDocument.Parse(json.Length == 0 ? "[]" : json);
        foreach (var link in document.RootElement.EnumerateArray())
        {
            if (link.TryGetProperty("ifname", out _))
            {
                var statistics = link.GetProperty("stats64");
                return new LinkObservation(
                    link.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "UP"),
                    [.. link.GetProperty("addr_info").EnumerateArray()
                        .Where(address => address.GetProperty("family").GetString() == "inet")
                        .Select(address => address.GetProperty("local").GetString()!)],
                    statistics.GetProperty("rx").GetProperty("bytes").GetInt64(),
                    statistics.GetProperty("tx").GetProperty("bytes").GetInt64());
            }
        }

        return null;
    }
}
