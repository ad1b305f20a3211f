using Culvert.Stack;
using Culvert.Verification.Credentials;

namespace Culvert.Verification.Checks;

/// <summary>No credential file of a known program lies in a folder of the host that dev writes to.</summary>
internal sealed class WorkspaceCheck : ICheck
{
    private const string Home = "/home/dev";
    private const int MostEntries = 300_000;
    private const int MostNamed = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public string Id => "workspace-credentials";

    public string Title => "No credential lies in dev's workspace";

    public bool NeedsQuiet => false;

    public async Task<Judgement> ExamineAsync(Examination examination, CancellationToken cancellationToken)
    {
        if (examination.Target.DevMounts is not { } mounts)
        {
            return new Judgement(Verdict.Skipped, Expected, "dev is no container here: its commands write where yours do", []);
        }

        var search = new CredentialSearch(MostEntries, Limit, TimeProvider.System);
        var found = new List<(DevMount, CredentialsFound)>();
        foreach (var mount in mounts)
        {
            examination.Used($"looking in {mount.Source} for files of known programs that hold a login or a key: their names, and the beginning of those");
            // Beside this thread: a folder of a file server that does not answer holds up nobody else.
            found.Add((mount, await Task.Run(() => search.In(mount.Source, cancellationToken), cancellationToken).WaitAsync(2 * Limit, cancellationToken)));
        }

        return Judge(found, await ControlAsync(search, cancellationToken));
    }

    private const string Expected = "dev's home is memory, and no file in the folders that dev shares with the host holds a login or a private key";

    internal static Judgement Judge(IReadOnlyList<(DevMount Mount, CredentialsFound Found)> all, Control control)
    {
        var files = all.SelectMany(one => one.Found.Files.Select(file => $"{Quoted.Of($"{one.Mount.Destination}/{file.Path}")} is {file.Kind}; move it into dev's home, and replace what it holds")).ToList();
        var homes = all.Select(one => one.Mount).Where(mount => mount.Destination == Home || mount.Destination.StartsWith($"{Home}/", StringComparison.Ordinal) || Home.StartsWith($"{mount.Destination.TrimEnd('/')}/", StringComparison.Ordinal));
        return Judgement.Of(
            Expected,
            all.Count == 0 ? "dev shares no folder with the host" : $"{string.Join(", ", all.Select(one => $"{one.Mount.Destination}: {one.Found.Looked:N0} entries"))}, none holds one",
            [
                .. homes.Select(mount => $"dev keeps {mount.Destination} on the host, in {mount.Source}, so what is logged in to there stays"),
                .. files.Take(MostNamed),
                .. files.Count > MostNamed ? [$"and {files.Count - MostNamed} more"] : Array.Empty<string>(),
            ],
            [.. all.Where(one => one.Found.Unfinished is not null).Select(one => $"{one.Mount.Destination}: {one.Found.Unfinished}")],
            control);
    }

    /// <summary>The same search must find a login and a key that are written into a folder of their own.</summary>
    private static async Task<Control> ControlAsync(CredentialSearch search, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-verify-").FullName;
        try
        {
            Directory.CreateDirectory($"{folder}/a/.ssh");
            await File.WriteAllTextAsync($"{folder}/a/auth.json", """{"nobody":{"type":"api","key":"of no account"}}""", cancellationToken);
            await File.WriteAllTextAsync($"{folder}/a/.ssh/work", "-----BEGIN OPENSSH PRIVATE KEY-----\nof no account\n", cancellationToken);
            var found = search.In(folder, cancellationToken).Files;
            return found.Count == 2
                ? new Control(true, "a login of Kilo and a private key, of no account and written on purpose into a folder of their own, were both found")
                : new Control(false, $"of a login of Kilo and a private key that were written on purpose, {found.Count} were found");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
