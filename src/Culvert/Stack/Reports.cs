using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Stack;

/// <summary>What hold found and set in the namespace. Addresses are text, as <c>ip</c> prints them.</summary>
internal sealed record NamespaceReport(
    InterfaceReport Uplink,
    InterfaceReport? VpnNet,
    IReadOnlyList<Carrier> Carriers,
    string RulesetSha256,
    DateTimeOffset GuardLoadedAt)
{
    /// <summary>The kernel's name of the namespace (<c>net:[4026532281]</c>): who has another one joined an owner that is gone.</summary>
    public string? Network { get; init; }
}

/// <summary><see cref="Gateway"/> is null where the network has no way out.</summary>
internal sealed record InterfaceReport(string Name, string Address, int PrefixLength, string? Gateway);

/// <summary>The VPN client's own packets: <see cref="Protocol"/> is tcp or udp; a null address means any.</summary>
internal sealed record Carrier(string Protocol, string? Address, int? Port)
{
    /// <summary>Its sockets are bound to the uplink and find their way by that: there is no route to the address by the uplink.</summary>
    public bool Bound { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<TunnelState>))]
internal enum TunnelState
{
    Starting,
    Connecting,
    Connected,
    Reconnecting,
    Failed,
}

/// <summary>
/// What the tunnel role knows now. <see cref="Reason"/> is a sentence for people when it is not connected, <see cref="Note"/>
/// one about why it leaves at this exit and not at another.
/// </summary>
internal sealed record TunnelReport(
    TunnelState State,
    DateTimeOffset Since,
    string Driver,
    string? Location,
    string? Exit,
    string? TunnelAddress,
    int Attempt,
    string? Reason,
    string? Note = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(NamespaceReport))]
[JsonSerializable(typeof(TunnelReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

/// <summary>Reads and replaces report files whole: a reader never sees half of one.</summary>
internal static class ReportFile
{
    public static void Write(string path, NamespaceReport report) =>
        Replace(path, JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.NamespaceReport));

    public static void Write(string path, TunnelReport report) =>
        Replace(path, JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.TunnelReport));

    /// <summary>Null when the file is not there.</summary>
    public static NamespaceReport? ReadNamespace(string path) =>
        Read(path) is { } json ? JsonSerializer.Deserialize(json, ReportJson.Default.NamespaceReport) : null;

    /// <summary>Null when the file is not there.</summary>
    public static TunnelReport? ReadTunnel(string path) =>
        Read(path) is { } json ? JsonSerializer.Deserialize(json, ReportJson.Default.TunnelReport) : null;

    // Asking first whether it is there would not help: whoever wrote it takes it away at any moment.
    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void Replace(string path, byte[] content)
    {
        var next = path + ".next";
        File.WriteAllBytes(next, content);
        File.Move(next, path, overwrite: true);
    }
}
