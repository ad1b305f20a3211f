using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Linux;
using Culvert.Proxy;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class ProxyCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "The stack's culvert.yaml.", Required = true };
        var run = new Option<string>("--run") { Description = "The stack's run directory, such as /run/culvert/NAME.", Required = true };
        var socks = EndPoint("--listen-socks", "Where SOCKS5 is served.", Role.SocksPort);
        var http = EndPoint("--listen-http", "Where the HTTP proxy is served.", Role.HttpPort);
        var command = new Command(
            "proxy",
            """
            Role: SOCKS5 on :1080 and HTTP on :1090, dialling through tun0 only.

            Examples:
              culvert proxy --config culvert.yaml --run /run/culvert/culvert
              culvert proxy --config culvert.yaml --run /run/culvert/culvert --listen-socks 127.0.0.1:1080
            """)
        {
            config,
            run,
            socks,
            http,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(config),
            new RunDirectory(result.GetRequiredValue(run)),
            result.GetRequiredValue(socks),
            result.GetRequiredValue(http),
            cancellationToken));
        return command;
    }

    private static Option<IPEndPoint> EndPoint(string name, string description, int port) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Any, port),
        CustomParser = Parse,
    };

    private static IPEndPoint? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0)
        {
            return endPoint;
        }

        argument.AddError($"'{text}' is not an address with a port; write it as 0.0.0.0:1080 or [::]:1080");
        return null;
    }

    private static async Task<StackDefinition?> LoadAsync(string config, RunDirectory run)
    {
        var load = StackLoader.LoadForRole(config, run.SecretsOf(Role.Proxy));
        if (load.Stack is null)
        {
            foreach (var finding in load.Findings)
            {
                await Console.Error.WriteLineAsync(finding.ToString());
            }
        }

        return load.Stack;
    }

    /// <summary>SIGHUP: what is wrong with the new configuration is said, and the old one stays.</summary>
    private static async Task ReloadAsync(ProxyRole role, string config, RunDirectory run)
    {
        try
        {
            if (await LoadAsync(config, run) is not { } stack)
            {
                await Console.Error.WriteLineAsync($"proxy: {config} was not taken over, for the reasons above; mend it and send SIGHUP again");
                return;
            }

            role.Reload(stack);
            await Console.Error.WriteLineAsync("proxy: took over users, destinations and ports; open connections go on");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"proxy: reading {config} or a user's password file: {e.Message}; what was in force stays");
        }
    }

    private static async Task<int> RunAsync(string config, RunDirectory run, IPEndPoint socks, IPEndPoint http, CancellationToken cancellationToken)
    {
        if (await LoadAsync(config, run) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        if (stack.Proxy.Engine == ProxyEngine.DanteAndTinyproxy)
        {
            return await ProxyPair.RunAsync(stack, () => LoadAsync(config, run), config, run, socks, http, cancellationToken);
        }

        try
        {
            ProcessLimits.ForbidCoreDumps();
            await using var role = new ProxyRole(stack, ProxySurroundings.Standard(stack, socks, http));
            await Console.Error.WriteLineAsync($"proxy: SOCKS5 on {role.Server.SocksEndPoint}, HTTP on {role.Server.HttpEndPoint}, through {Role.TunnelInterface} only");
            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                ReloadAsync(role, config, run).GetAwaiter().GetResult();
            });
            await role.Server.RunAsync(cancellationToken);
            return ExitCode.Holds;
        }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"proxy: listening on {socks} and {http}: {e.Message}; end whatever holds the port, or choose others with --listen-socks and --listen-http");
            return ExitCode.DoesNotHold;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"proxy: reading a user's password file: {e.Message}; see proxy.users in {config}");
            return ExitCode.DoesNotHold;
        }
    }
}
