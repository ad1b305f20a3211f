using System.CommandLine;
using System.ComponentModel;
using Culvert.Runtimes.Namespaces;

namespace Culvert.Commands;

internal static class EnterCommand
{
    public static Command Create()
    {
        var uid = new Option<int>("--uid") { Required = true, Description = "The user to become." };
        var gid = new Option<int>("--gid") { Required = true, Description = "The group to become." };
        var initGroups = new Option<bool>("--init-groups") { Description = "Take the user's groups from the user database; otherwise there are none." };
        var bounding = new Option<string[]>("--bounding") { Description = "A capability to keep in the bounding set; all others are dropped.", DefaultValueFactory = _ => [] };
        var ambient = new Option<string[]>("--ambient") { Description = "A capability that the command starts with, though not root.", DefaultValueFactory = _ => [] };
        var tun = new Option<bool>("--tun") { Description = "Mount a /dev/net/tun that the user may open." };
        var resolvConf = new Option<string?>("--resolv-conf") { Description = "A file to mount over /etc/resolv.conf." };
        var program = new Option<string?>("--program-directory") { Description = "Where to mount culvert's own folder." };
        var line = new Argument<string[]>("command") { Description = "The command and its arguments.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("enter", "Give up privileges and become a command inside the namespace (used by run and supervise).")
        {
            uid, gid, initGroups, bounding, ambient, tun, resolvConf, program, line,
        };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            var entry = new Entry(parse.GetValue(uid), parse.GetValue(gid))
            {
                InitGroups = parse.GetValue(initGroups),
                Bounding = [.. parse.GetValue(bounding)!],
                Ambient = [.. parse.GetValue(ambient)!],
                Tun = parse.GetValue(tun),
                ResolvConf = parse.GetValue(resolvConf),
                ProgramDirectory = parse.GetValue(program),
            };
            try
            {
                Entering.Become(entry, parse.GetValue(line)!);
            }
            catch (Exception e) when (e is IOException or Win32Exception or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"Entering the namespace: {e.Message}; nothing was started.");
            }

            return ExitCode.DoesNotHold;
        });
        return command;
    }
}
