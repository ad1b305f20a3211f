using Culvert.Stack.Keys;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Reading;

/// <summary>On the host a secret's file must be there, hold what is expected, and be closed to everyone but its owner.</summary>
internal sealed class HostSecrets(string baseDirectory) : SecretPlaces
{
    private const UnixFileMode OpenToOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public override SecretFile? Find(ScalarNode written, Place place, SecretContent content)
    {
        var path = Path.GetFullPath(written.Text, baseDirectory);
        switch (FileStatus.Of(path))
        {
            case null:
                place.Refuse(written, $"the file of {place.Name} cannot be looked at", "a folder above it is closed to you", "run as the user who owns it, or move it");
                return null;
            case { Kind: FileKind.Missing }:
                // What is written may be the secret itself, so it is not repeated.
                place.Refuse(written, $"{place.Name} does not name a file that exists", $"{content.Kind} is a secret, so only the path of a file that holds it is written here", "check the path, which begins at the folder of this file, or put the secret into a file and `chmod 600` it");
                return null;
            case { Kind: not FileKind.Regular }:
                place.Refuse(written, $"{place.Name} names something that is not a regular file", "a secret is read from a file", "write the path of a file");
                return null;
            case { Mode: var mode } when (mode & OpenToOthers) != 0:
                place.Refuse(written, $"{path} can be read or changed by other users", $"{content.Kind} is a secret", $"run `chmod 600 {ShellWord(path)}`");
                return null;
        }

        return IsGood(path, written, place, content) ? new SecretFile(place.Path, path) : null;
    }

    private static bool IsGood(string path, ScalarNode written, Place place, SecretContent content)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[content.MaximumBytes + 3];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return content.Fault(bytes.AsSpan(0, length)) is not { } fault || place.Refuse(written, $"{path} {fault.What}", fault.Why, fault.Fix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return place.Refuse(written, $"{path} cannot be read", $"the system says: {e.Message}", "run as the user who owns it");
        }
    }

    private static string ShellWord(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''")}'";
}
