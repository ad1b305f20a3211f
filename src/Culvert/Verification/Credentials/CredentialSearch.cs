using System.Text;

namespace Culvert.Verification.Credentials;

/// <summary>What a search came to. <see cref="Unfinished"/> says what was not looked at; null when everything was.</summary>
internal sealed record CredentialsFound(IReadOnlyList<CredentialFile> Files, int Looked, string? Unfinished);

/// <summary>
/// Looks for files of known programs that hold a credential, what is near the top first. Links are not followed, and of a file no more
/// than its beginning is read.
/// </summary>
internal sealed class CredentialSearch(int mostEntries, TimeSpan limit, TimeProvider time)
{
    private const int MostOfAFile = 64 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // What package managers unpack there is not the person's, and it is most of a workspace.
    private static readonly string[] Passed = ["/node_modules", "/.git/objects", "/.venv", "/__pycache__"];

    private static readonly EnumerationOptions Listing = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public CredentialsFound In(string folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var found = new List<CredentialFile>();
        var unread = new List<string>();
        var open = new Queue<string>([folder]);
        var looked = 0;
        while (open.TryDequeue(out var next))
        {
            try
            {
                foreach (var entry in new DirectoryInfo(next).EnumerateFileSystemInfos("*", Listing))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (++looked > mostEntries || time.GetElapsedTime(started) > limit)
                    {
                        return new(found, looked, $"it has more than was looked at: {looked:N0} entries in {time.GetElapsedTime(started).TotalSeconds:0.0} s");
                    }

                    if (entry is DirectoryInfo directory)
                    {
                        if (directory.LinkTarget is null && !Passed.Any(name => directory.FullName.EndsWith(name, StringComparison.Ordinal)))
                        {
                            open.Enqueue(directory.FullName);
                        }
                    }
                    else if (KindOf((FileInfo)entry, Path.GetRelativePath(folder, entry.FullName)) is { } kind)
                    {
                        found.Add(new CredentialFile(Path.GetRelativePath(folder, entry.FullName), kind.Title));
                    }
                }
            }
            catch (DirectoryNotFoundException) when (next != folder)
            {
                // Gone since it was listed.
            }
            catch (UnauthorizedAccessException e)
            {
                unread.Add(e.Message);
            }
        }

        return new(found, looked, unread.Count == 0 ? null : $"{unread.Count} places could not be read: {unread[0]}");
    }

    private static CredentialKind? KindOf(FileInfo file, string path)
    {
        var named = CredentialKind.All.Where(kind => kind.Names.IsMatch($"/{path}")).ToList();
        // Sockets and pipes have no length, and opening a pipe would wait for its writer.
        if (named.Count == 0 || file.LinkTarget is not null || file is not { Exists: true, Length: > 0 })
        {
            return null;
        }

        var text = named.Any(kind => kind.Content is not null) ? Beginning(file.FullName) : "";
        return named.FirstOrDefault(kind =>
            (!kind.Private || (file.UnixFileMode & Others) == 0) && (kind.Content is null || kind.Content.IsMatch(text)));
    }

    private static string Beginning(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[MostOfAFile];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, MostOfAFile, throwOnEndOfStream: false));
        }
        catch (FileNotFoundException)
        {
            // Gone since it was listed.
            return "";
        }
    }
}
