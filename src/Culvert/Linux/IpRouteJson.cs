using System.Text.Json.Serialization;

namespace Culvert.Linux;

/// <summary>An interface as <c>ip -json -details addr</c> prints it. <see cref="Name"/> is null in the holes that a filter leaves.</summary>
internal sealed record IpInterface(
    [property: JsonPropertyName("ifname")] string? Name,
    IReadOnlyList<string>? Flags,
    [property: JsonPropertyName("operstate")] string? State,
    [property: JsonPropertyName("addr_info")] IReadOnlyList<IpAddressEntry>? Addresses,
    [property: JsonPropertyName("linkinfo")] IpLinkInfo? Link)
{
    public bool IsUp => Flags?.Contains("UP") ?? false;

    /// <summary>Frames go through, too: the other end is there, and the kernel has opened the queue.</summary>
    public bool IsRunning => IsUp && State == "UP";
}

/// <summary><see cref="Family"/> is inet or inet6.</summary>
internal sealed record IpAddressEntry(
    string Family,
    string Local,
    [property: JsonPropertyName("prefixlen")] int PrefixLength);

internal sealed record IpLinkInfo(
    [property: JsonPropertyName("info_kind")] string? Kind,
    [property: JsonPropertyName("info_data")] IpTunInfo? Data);

/// <summary>What the kernel knows of a tun device; all null for other kinds.</summary>
internal sealed record IpTunInfo(string? Type, bool? Persist);

/// <summary>
/// A route as <c>ip -json route</c> prints it. <see cref="Type"/> is null for unicast. One with several
/// <see cref="NextHops"/> has no gateway and no device of its own.
/// </summary>
internal sealed record IpRouteEntry(
    [property: JsonPropertyName("dst")] string Destination,
    string? Gateway = null,
    [property: JsonPropertyName("dev")] string? Device = null,
    long? Metric = null,
    string? Type = null,
    string? Table = null,
    string? Scope = null,
    [property: JsonPropertyName("nexthops")] IReadOnlyList<IpNextHop>? NextHops = null)
{
    public const string Default = "default";

    /// <summary>The words that name this route after <c>ip route add|replace|del</c>.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        List<string> words = Type is null ? [] : [Type];
        words.Add(Destination);
        Append("via", Gateway);
        Append("dev", Device);
        Append("metric", Metric?.ToString());
        Append("table", Table);
        Append("scope", Scope);
        return words;

        void Append(string keyword, string? value)
        {
            if (value is not null)
            {
                words.Add(keyword);
                words.Add(value);
            }
        }
    }

    public override string ToString() => string.Join(' ', ToArguments());
}

internal sealed record IpNextHop(
    string? Gateway,
    [property: JsonPropertyName("dev")] string? Device);

/// <summary>A policy rule as <c>ip -json rule</c> prints it.</summary>
internal sealed record IpRuleEntry(
    int Priority,
    [property: JsonPropertyName("oif")] string? OutputInterface,
    string? Table,
    [property: JsonPropertyName("fwmark")] string? FirewallMark);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<IpInterface>))]
[JsonSerializable(typeof(List<IpRouteEntry>))]
[JsonSerializable(typeof(List<IpRuleEntry>))]
internal sealed partial class IpRouteJson : JsonSerializerContext;
