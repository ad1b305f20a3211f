using System.Net;
using System.Runtime.InteropServices;
using Culvert.Linux;
using Culvert.Proxy.Pair;
using Culvert.Stack;

namespace Culvert.Commands;

/// <summary><c>culvert proxy</c> with <c>engine: dante+tinyproxy</c>.</summary>
internal static class ProxyPair
{
    private static readonly string[] Programs = ["danted", "tinyproxy"];

    public static async Task<int> RunAsync(
        StackDefinition stack, Func<StackDefinition?> load, string config, RunDirectory run, IPEndPoint socks, IPEndPoint http, CancellationToken cancellationToken)
    {
        if (Programs.FirstOrDefault(program => Exec.Find(program) is null) is { } missing)
        {
            await Console.Error.WriteLineAsync($"proxy: the program {missing} is not installed; install it (Debian: apt-get install dante-server tinyproxy)");
            return ExitCode.DoesNotHold;
        }

        try
        {
            ProcessLimits.ForbidCoreDumps();
            ProcessLimits.ForbidCoreDumpsOfChildren();
            ProcessLimits.RaiseOpenFiles();
            var role = new PairRole(new PairSetup(stack, socks, http, Tunnel: null), run, Console.Out, TimeProvider.System);
            await Console.Error.WriteLineAsync($"proxy: SOCKS5 on {socks} by Dante, HTTP on {http} by Tinyproxy, through {Role.TunnelInterface} only");
            if (!stack.Proxy.Users.IsEmpty)
            {
                await Console.Error.WriteLineAsync("proxy: SOCKS5 refuses everybody, because Dante cannot check the passwords of proxy.users; HTTP asks for them");
            }

            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                Reload(role, load, config);
            });
            await role.RunAsync(cancellationToken);
            return ExitCode.Holds;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"proxy: writing the configurations of Dante and Tinyproxy: {e.Message}");
            return ExitCode.DoesNotHold;
        }
    }

    /// <summary>SIGHUP: what is wrong with the new configuration is said, and the old one stays.</summary>
    private static void Reload(PairRole role, Func<StackDefinition?> load, string config)
    {
        try
        {
            if (load() is not { Proxy.Engine: ProxyEngine.DanteAndTinyproxy } stack)
            {
                Console.Error.WriteLine($"proxy: {config} was not taken over; mend it and send SIGHUP again, or start the role again for another engine");
                return;
            }

            role.Reload(stack);
            Console.Error.WriteLine("proxy: gave users and ports to Dante and Tinyproxy; open connections go on");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"proxy: reading {config} or a user's password file: {e.Message}; what was in force stays");
        }
    }
}
