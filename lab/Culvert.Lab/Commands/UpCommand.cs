using System.CommandLine;
using System.Diagnostics;
using Culvert.Lab.Topology;

namespace Culvert.Lab.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Bring the lab up and keep it until Ctrl-C, to look around in it.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var clock = Stopwatch.StartNew();
            await using var lab = await LabInternet.StartAsync(cancellationToken);
            Console.WriteLine($"The lab is up after {clock.Elapsed.TotalSeconds:0.0} s. A shell on its host, in another terminal:");
            Console.WriteLine($"  nsenter --target {lab.Host.InitPid} --mount --pid --net -- env -C {StackInput.Folder} bash");
            Console.WriteLine("Ctrl-C takes everything down.");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how it ends.
            }

            return 0;
        });
        return command;
    }
}
