using System.CommandLine;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Culvert.Guard;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;
using Culvert.Tunnel.Bootstrap;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Commands;

internal static class TunnelCommand
{
    /// <summary>The name at which the status role is told the tunnel's report.</summary>
    public const string Told = "culvert-tunnel";

    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "The stack's culvert.yaml.", Required = true };
        var directory = new Option<string>("--run") { Description = "The stack's run directory.", Required = true };
        var stage = new Option<string?>("--stage") { Hidden = true };
        var command = new Command("tunnel", """
            Role: run the VPN client and keep tun0 carrying.

            SIGHUP reconnects, SIGUSR1 asks the providers whether they serve this exit, SIGTERM takes tun0 down and ends the client.

            Example:
              culvert tunnel --config /etc/culvert/culvert.yaml --run /run/culvert/culvert
            """)
        {
            config,
            directory,
            stage,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var run = new RunDirectory(parsed.GetRequiredValue(directory));
            return parsed.GetValue(stage) == WireGuardImage.Stage
                ? Task.FromResult(BecomeWireGuard(run))
                : RunAsync(parsed.GetRequiredValue(config), run, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string config, RunDirectory run, CancellationToken cancellationToken)
    {
        var load = StackLoader.LoadForRole(config, run.SecretsOf(Role.Tunnel));
        if (load.Stack is not { } stack)
        {
            return Refuse(load.Findings);
        }

        var exits = TunnelExit.Of(stack, TimeProvider.System, out var problems);
        if (problems.Count > 0)
        {
            return Refuse(problems);
        }

        using var told = TellingStatus.Start(Role.Tunnel, Told, () => File.Exists(run.TunnelReport) ? File.ReadAllBytes(run.TunnelReport) : null, cancellationToken);
        var seed = (uint)Random.Shared.Next(1, int.MaxValue);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var names = stack.Vpn.Driver == VpnDriver.AdGuard ? BootstrapOf(stack.Dns, run).RunAsync(over.Token) : Task.CompletedTask;
        var refusals = new RefusalEvents(TimeProvider.System, sentence => Console.Error.WriteLine($"tunnel: {sentence}")).RunAsync(over.Token);
        await new TunnelRole(stack, config, run, exits, TunnelTimings.Default, seed, TimeProvider.System, Console.Error).RunAsync(cancellationToken);
        await over.CancelAsync();
        await Task.WhenAll(names, refusals);
        return ExitCode.Holds;
    }

    private static BootstrapResolver BootstrapOf(DnsSettings dns, RunDirectory run) => new(
        new BootstrapUpstream(dns.Upstreams, TimeProvider.System),
        new IPEndPoint(IPAddress.Parse(Role.BootstrapAddress), 53),
        run,
        TimeProvider.System,
        Console.Error);

    private static int BecomeWireGuard(RunDirectory run)
    {
        try
        {
            WireGuardImage.Become(TunnelRole.ClientDirectoryOf(run), Role.TunnelInterface);
        }
        catch (Exception e) when (e is LibcFailedException or Win32Exception or SocketException or IOException)
        {
            return Refuse([$"starting wireguard-go: {e.Message}"]);
        }

        return ExitCode.DoesNotHold;
    }

    private static int Refuse(IEnumerable<object> sentences)
    {
        foreach (var sentence in sentences)
        {
            Console.Error.WriteLine($"tunnel: {sentence}");
        }

        return ExitCode.DoesNotHold;
    }
}
