using System.Text;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The thin shell that does what the plan says.</summary>
internal sealed class DeedRunner(Places places, Func<CancellationToken, Task> startSupervisor)
{
    private const UnixFileMode SecretMode = UnixFileMode.UserRead;

    public async Task DoAsync(Deed deed, CancellationToken cancellationToken)
    {
        switch (deed)
        {
            case MakeDirectory make:
                Directory.CreateDirectory(make.Path);
                FileOwner.Set(make.Path, make.Owner, make.Group);
                File.SetUnixFileMode(make.Path, make.Mode);
                break;
            case WriteFile write:
                Replace(write.Path, write.Text, write.Mode, 0);
                break;
            case WriteSecret secret:
                Replace(secret.Path, secret.Value.Reveal(), SecretMode, secret.Owner);
                break;
            case RecordHost record:
                (await HostSnapshot.CaptureAsync(cancellationToken)).Write(record.Path);
                break;
            case AddNamespace add:
                await Subprocess.RequireAsync("ip", ["netns", "add", add.Name], cancellationToken);
                break;
            case CloseNamespace close:
                await Standpoint.Namespace(close.Name).RequireAsync("nft", ["-f", "-"], cancellationToken, CloseNamespace.Ruleset);
                break;
            case SetSysctl set:
                NamedNamespace.WriteSysctl(set.Namespace, set.Key, set.Value);
                break;
            case RunIp ip:
                await Subprocess.RequireAsync("ip", ip.Arguments, cancellationToken);
                break;
            case StartSupervisor:
                await startSupervisor(cancellationToken);
                break;
            default:
                throw new NotSupportedException($"{places.Name}: no way to do {deed}");
        }
    }

    // Whole or not at all, and never readable by more than the mode says, not even for a moment.
    private static void Replace(string path, string text, UnixFileMode mode, int owner)
    {
        var next = path + ".next";
        File.Delete(next);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(next, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
        }

        FileOwner.Set(next, owner, 0);
        File.SetUnixFileMode(next, mode);
        File.Move(next, path, overwrite: true);
    }
}
