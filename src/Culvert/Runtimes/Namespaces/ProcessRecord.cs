using System.Text.Json;
using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>What is kept of a supervised process, so that a new supervisor knows it again. <see cref="LastEnd"/> tells of the one before.</summary>
internal sealed record ProcessRecord(string Name, int Pid, ulong StartTicks, DateTimeOffset StartedAt, int Restarts, string? LastEnd)
{
    public ProcessIdentity Identity => new(Pid, StartTicks);

    public void Write(string path)
    {
        var next = path + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(this, RuntimeJson.Default.ProcessRecord));
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Null when the file is not there.</summary>
    public static ProcessRecord? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), RuntimeJson.Default.ProcessRecord);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
