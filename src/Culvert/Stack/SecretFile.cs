namespace Culvert.Stack;

/// <summary>A secret named by file: <see cref="Key"/> is its place in culvert.yaml (<c>vpn.password_file</c>), <see cref="Path"/> is absolute.</summary>
internal sealed record SecretFile(string Key, string Path)
{
    /// <summary>Reads the secret, without the newline that editors leave at its end. IO errors are the caller's boundary.</summary>
    public Secret Read() => new(File.ReadAllText(Path).TrimEnd('\r', '\n'));
}

/// <summary>A secret value. It prints as <c>***</c>; <see cref="Reveal"/> marks the one place that needs it.</summary>
internal sealed class Secret(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}
