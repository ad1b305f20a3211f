using System.Collections.Immutable;
using Culvert.Stack.Reading;
using Culvert.Stack.Values;

namespace Culvert.Stack.Keys;

/// <summary>The section <c>dev</c>.</summary>
internal static class DevKeys
{
    public static readonly Key<bool> VsCode = new("vscode", new FlagShape(), "true", "VS Code Server in the dev container.");

    public static readonly Key<bool> Kilo = new("kilo", new FlagShape(), "true", "Kilo CLI in the dev container.");

    public static readonly SectionShape<DevSettings> Section = new([VsCode, Kilo], v => new DevSettings(v.Get(VsCode), v.Get(Kilo)));
}

/// <summary>The section <c>alerts</c>.</summary>
internal static class AlertKeys
{
    public static readonly Key<SecretFile?> Webhook = new(
        "webhook",
        new SecretShape(SecretContent.Webhook, "`secrets/webhook`"),
        null,
        "The file that holds the https URL to which alerts are sent. Whoever knows such a URL can post to it, so it is a secret.",
        "secrets/webhook");

    public static readonly SectionShape<AlertSettings> Section = new([Webhook], v => new AlertSettings(v.Get(Webhook)));
}

/// <summary>The section <c>verify</c>.</summary>
internal static class VerifyKeys
{
    public static readonly Key<ImmutableArray<Uri>> AddressServices = new(
        "address_services",
        new ListShape<Uri>(UrlText.Shape, 1, "`[https://api.ipify.org]`"),
        "[\"https://api.ipify.org\", \"https://ifconfig.me/ip\", \"https://icanhazip.com\"]",
        "https URLs that answer with the caller's address as text; the first that answers counts.");

    public static readonly SectionShape<VerifySettings> Section = new([AddressServices], v => new VerifySettings(v.Get(AddressServices)));
}
