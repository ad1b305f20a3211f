using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Stack;
using Culvert.Stack.Values;
using Culvert.Tunnel.Drivers.AdGuard;

namespace Culvert.Commands.Login;

/// <summary>What a login tells: for people, or as one JSON object a line.</summary>
internal sealed class LoginOutput(bool json)
{
    public bool Json => json;

    public static int Refuse(string sentence, int exitCode)
    {
        Console.Error.WriteLine($"login: {sentence}.");
        return exitCode;
    }

    public void Show(AdGuardLogin step, DateTimeOffset now)
    {
        if (step is not AdGuardLogin.Link link)
        {
            return;
        }

        if (link.IsForeign)
        {
            Console.Error.WriteLine($"login: WARNING: the link below does not lead to AdGuard but to {Quoted.Of(UriHost.Of(link.Page))}. Do not open it; find out who put {AdGuardCli.Program} there.");
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new LoginLink(link.Page, now + link.ValidFor, link.IsForeign), LoginJson.Default.LoginLink));
            return;
        }

        Console.WriteLine($"Open this link in any browser, before {now + link.ValidFor:HH:mm} ({link.ValidFor.TotalMinutes:0} min):");
        Console.WriteLine($"  {link.Page}");
        // Nobody should be led to a foreign page by a picture that cannot be read.
        if (!Console.IsOutputRedirected && !link.IsForeign)
        {
            foreach (var line in QrCode.Lines($"{link.Page}"))
            {
                Console.WriteLine(Terminal.OutputTakesColour ? $"  \e[97;40m{line}\e[0m" : $"  {line}");
            }
        }
    }

    public void Done(AdGuardLicense license) => Console.WriteLine(json
        ? JsonSerializer.Serialize(new LoginDone(true, license.Account, license.Plan, license.Devices, license.Until, license.Renews), LoginJson.Default.LoginDone)
        : $"Logged in{(license.Account is { } account ? $" as {account}" : "")}{(license.Plan is { } plan ? $", {plan}" : "")}.");
}

/// <summary>The page to open.</summary>
internal sealed record LoginLink(Uri Link, DateTimeOffset Expires, bool Foreign);

/// <summary>What came of it; <see cref="Until"/> is the day on which the subscription ends or <see cref="Renews"/>.</summary>
internal sealed record LoginDone(bool LoggedIn, string? Account, string? Plan, int? Devices, DateOnly? Until, bool Renews);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoginLink))]
[JsonSerializable(typeof(LoginDone))]
internal sealed partial class LoginJson : JsonSerializerContext;
