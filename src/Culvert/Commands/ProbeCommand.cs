using System.CommandLine;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Verification.Probes;

namespace Culvert.Commands;

internal static class ProbeCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    private static readonly Option<double> Timeout = new("--timeout")
    {
        Description = "Seconds to wait for an answer.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int?> Uid = new("--uid")
    {
        Description = "Become this user first, without groups and capabilities.",
    };

    private static readonly Option<string?> Device = new("--device") { Description = "Bind the socket to this interface." };

    private static readonly Option<int?> FromPort = new("--from-port") { Description = "Send from this local port." };

    private static readonly Option<bool> Stdin = new("--stdin")
    {
        Description = "Read what must not be an argument from standard input: http, a JSON object; tcp, the bytes to send.",
    };

    private static readonly Argument<IPAddress> Address = new("address") { CustomParser = ParseAddress };
    private static readonly Argument<int> Port = new("port");

    public static Command Create()
    {
        var command = new Command("probe", "Make one call or watch one interface from where this process stands (used by verify).")
        {
            Http(),
            Tcp(),
            Udp(),
            Dns(),
            Icmp(),
            ProbeCaptureCommand.Create(),
            ProbeCallsCommand.Create(),
        };
        command.Hidden = true;
        return command;
    }

    private static Command Http()
    {
        var urls = new Option<Uri[]>("--url")
        {
            Description = "Addresses to get, the first that answers.",
            CustomParser = result => [.. result.Tokens.Select(token => new Uri(token.Value))],
        };
        var proxy = new Option<Uri?>("--proxy")
        {
            Description = "socks5h://HOST:PORT or http://HOST:PORT.",
            CustomParser = result => new Uri(result.Tokens[0].Value),
        };
        var dns = new Option<IPAddress?>("--dns") { Description = "Ask this server for names.", CustomParser = ParseAddress };
        return WithAnswer(new Command("http", "GET over IPv4.") { urls, proxy, dns, Device, Stdin }, async (parse, timeout, cancellationToken) =>
        {
            var secrets = parse.GetValue(Stdin)
                ? JsonSerializer.Deserialize(await Console.In.ReadToEndAsync(cancellationToken), ProbeJson.Default.ProbeSecrets)!
                : ProbeSecrets.None;
            IReadOnlyList<Uri> targets = secrets.Url is { } url ? [new Uri(url)] : parse.GetValue(urls) ?? [];
            var options = new HttpProbeOptions(parse.GetValue(proxy), parse.GetValue(dns), parse.GetValue(Device), timeout, secrets);
            return await HttpProbe.RunAsync(targets, options, cancellationToken);
        });
    }

    private static Command Tcp()
    {
        var host = new Argument<string>("host");
        return WithAnswer(new Command("tcp", "Open a TCP connection.") { host, Port, Device, FromPort, Stdin }, async (parse, timeout, cancellationToken) =>
        {
            byte[]? payload = null;
            if (parse.GetValue(Stdin))
            {
                using var bytes = new MemoryStream();
                await using var input = Console.OpenStandardInput();
                await input.CopyToAsync(bytes, cancellationToken);
                payload = bytes.ToArray();
            }

            return await TcpProbe.RunAsync(
                parse.GetRequiredValue(host),
                parse.GetValue(Port),
                parse.GetValue(Device),
                parse.GetValue(FromPort),
                payload,
                timeout,
                cancellationToken);
        });
    }

    private static Command Udp() => WithAnswer(
        new Command("udp", "Send a UDP datagram.") { Address, Port, Device, FromPort },
        (parse, timeout, cancellationToken) =>
            UdpProbe.RunAsync(Target(parse), parse.GetValue(Device), parse.GetValue(FromPort), timeout, cancellationToken));

    private static Command Dns()
    {
        var name = new Option<string>("--name") { Description = "The name to ask for.", Required = true };
        var tcp = new Option<bool>("--tcp") { Description = "Ask over TCP." };
        return WithAnswer(
            new Command("dns", "Ask a DNS server.") { Address, Port, name, tcp, Device },
            (parse, timeout, cancellationToken) => DnsProbe.RunAsync(
                Target(parse), parse.GetRequiredValue(name), parse.GetValue(tcp), parse.GetValue(Device), timeout, cancellationToken));
    }

    private static Command Icmp() => WithAnswer(
        new Command("icmp", "Send an ICMP echo request.") { Address, Device },
        (parse, timeout, cancellationToken) =>
            IcmpProbe.RunAsync(parse.GetRequiredValue(Address), parse.GetValue(Device), timeout, cancellationToken));

    private static Command WithAnswer(Command command, Func<ParseResult, TimeSpan, CancellationToken, Task<ProbeAnswer>> call)
    {
        command.Add(Timeout);
        command.Add(Uid);
        command.Add(Json);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (parse.GetValue(Uid) is { } uid)
            {
                UserIdentity.Become(uid);
            }

            var answer = await call(parse, TimeSpan.FromSeconds(parse.GetValue(Timeout)), cancellationToken);
            Console.WriteLine(parse.GetValue(Json) ? JsonSerializer.Serialize(answer, ProbeJson.Default.ProbeAnswer) : answer.Describe());
            return answer.Answered ? ExitCode.Holds : ExitCode.DoesNotHold;
        });
        return command;
    }

    private static IPEndPoint Target(ParseResult parse) => new(parse.GetRequiredValue(Address), parse.GetValue(Port));

    internal static IPAddress ParseAddress(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
        {
            return address;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not an IP address");
        return IPAddress.None;
    }
}
