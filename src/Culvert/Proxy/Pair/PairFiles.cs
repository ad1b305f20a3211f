namespace Culvert.Proxy.Pair;

/// <summary>Writes the programs' configurations for their own uid to read, and nobody else. Their directory is theirs and on a tmpfs.</summary>
internal static class PairFiles
{
    /// <summary>Reads the users' passwords, too; <see cref="IOException"/> leaves what stood before.</summary>
    public static void Write(PairSetup setup, string folder)
    {
        var users = PairCredentials.Of(setup.Stack.Proxy);
        Replace($"{folder}/{TinyproxyFilter.FileName}", TinyproxyFilter.Of());
        Replace($"{folder}/{TinyproxyConfiguration.FileName}", TinyproxyConfiguration.Of(setup, $"{folder}/{TinyproxyFilter.FileName}", users));
        Replace($"{folder}/{DanteConfiguration.FileName}", DanteConfiguration.Of(setup));
    }

    private static void Replace(string file, string text)
    {
        var next = $"{file}.next";
        File.Delete(next);
        using (var stream = new StreamWriter(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead }))
        {
            stream.Write(text);
        }

        File.Move(next, file, overwrite: true);
    }
}
