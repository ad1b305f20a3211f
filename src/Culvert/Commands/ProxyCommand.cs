using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Proxy;
using Culvert.Proxy.Control;
using Culvert.Stack;

namespace Culvert.Commands;

internal static class ProxyCommand
{
    /// <summary>The name at which the status role is told the calls.</summary>
    public const string Told = "culvert-proxy";

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

    private static StackDefinition? Load(string config, RunDirectory run, out string findings)
    {
        var load = StackLoader.LoadForRole(config, run.SecretsOf(Role.Proxy));
        findings = string.Join('\n', load.Findings);
        return load.Stack;
    }

    private static StackDefinition? LoadOrSay(string config, RunDirectory run)
    {
        var stack = Load(config, run, out var findings);
        if (stack is null)
        {
            Console.Error.WriteLine(findings);
        }

        return stack;
    }

    /// <summary>SIGHUP and the control socket: what is wrong with the new configuration is said, and the old one stays.</summary>
    private static string? Reload(ProxyRole role, string config, RunDirectory run)
    {
        var problem = TryReload(role, config, run);
        Console.Error.WriteLine(problem is null ? "proxy: took over users, limits, destinations and ports; open connections go on" : $"proxy: {problem}");
        return problem;
    }

    private static string? TryReload(ProxyRole role, string config, RunDirectory run)
    {
        try
        {
            if (Load(config, run, out var findings) is not { } stack)
            {
                return $"{config} was not taken over; mend it and try again:\n{findings}";
            }

            role.Reload(stack);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"reading {config} or a user's password file: {e.Message}; what was in force stays";
        }
    }

    private static ControlAnswer Answer(ControlRequest request, ProxyRole role, string config, RunDirectory run) => request.Ask switch
    {
        ControlRequest.Calls => new ControlAnswer(null, role.Calls),
        ControlRequest.Reload => new ControlAnswer(Reload(role, config, run)),
        _ => new ControlAnswer("only calls and reload are known"),
    };

    /// <summary>Without its own directory (a proxy started by hand) the role has no control socket; SIGHUP reloads all the same.</summary>
    private static ControlSocket? OpenControl(RunDirectory run)
    {
        try
        {
            return new ControlSocket(run.ControlOf(Role.Proxy), TimeProvider.System);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"proxy: no control socket at {run.ControlOf(Role.Proxy)}: {e.Message}; `culvert status` shows no calls");
            return null;
        }
    }

    private static async Task<int> RunAsync(string config, RunDirectory run, IPEndPoint socks, IPEndPoint http, CancellationToken cancellationToken)
    {
        LogOutput.Tolerate();
        if (LoadOrSay(config, run) is not { } stack)
        {
            return ExitCode.WrongUse;
        }

        if (stack.Proxy.Engine == ProxyEngine.DanteAndTinyproxy)
        {
            return await ProxyPair.RunAsync(stack, () => LoadOrSay(config, run), config, run, socks, http, cancellationToken);
        }

        try
        {
            ProcessLimits.ForbidCoreDumps();
            await using var role = new ProxyRole(stack, ProxySurroundings.Standard(stack, socks, http));
            await Console.Error.WriteLineAsync($"proxy: SOCKS5 on {role.Server.SocksEndPoint}, HTTP on {role.Server.HttpEndPoint}, through {Role.TunnelInterface} only");
            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                Reload(role, config, run);
            });
            using var control = OpenControl(run);
            using var told = TellingStatus.Start(Role.Proxy, Told, () => JsonSerializer.SerializeToUtf8Bytes(role.Calls, ControlJson.Default.CallsReport), cancellationToken);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var answering = control?.RunAsync(request => Answer(request, role, config, run), ending.Token) ?? Task.CompletedTask;
            await role.Server.RunAsync(cancellationToken);
            await ending.CancelAsync();
            await answering;
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
