using System.CommandLine;
using System.ComponentModel;
using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Stack;
using Culvert.Tunnel;
using Culvert.Tunnel.Drivers.WireGuard;

namespace Culvert.Commands;

internal static class TunnelCommand
{
    /// <summary>The name at which the status role is told the tunnel's report.</summary>
    public const string Answer = "culvert-tunnel";

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

        if (CarrierPlan.UnsupportedDriver(stack.Vpn.Driver) is { } sentence)
        {
            return Refuse([sentence]);
        }

        var exits = TunnelExit.Of(stack.Vpn, out var problems);
        if (problems.Count > 0)
        {
            return Refuse(problems);
        }

        using var answer = Answering(run, cancellationToken);
        var seed = (uint)Random.Shared.Next(1, int.MaxValue);
        await new TunnelRole(stack.Vpn.Driver, config, run, exits, TunnelTimings.Default, DataPathProbe.Of(stack, TimeProvider.System), seed, TimeProvider.System, Console.Error).RunAsync(cancellationToken);
        return ExitCode.Holds;
    }

    // dev may take the name while no tunnel role runs: the status page then says that nothing is reported, and the tunnel is none the worse.
    private static LocalAnswer? Answering(RunDirectory run, CancellationToken cancellationToken)
    {
        try
        {
            var answer = new LocalAnswer(Answer);
            _ = ServeAsync(answer);
            return answer;
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"tunnel: taking the name {Answer} for the status role: {e.Message}; the status page will not know the tunnel");
            return null;
        }

        async Task ServeAsync(LocalAnswer answer)
        {
            try
            {
                await answer.ServeAsync([0, Role.Status.Uid], () => File.Exists(run.TunnelReport) ? File.ReadAllBytes(run.TunnelReport) : null, cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The role ends.
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                await Console.Error.WriteLineAsync($"tunnel: telling the status role: {e.Message}; the status page will not know the tunnel");
            }
        }
    }

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
