namespace Culvert.Linux;

/// <summary>Where a network command runs: in this process's network namespace, or in one named under <c>ip netns</c> (needs root).</summary>
internal sealed record NetworkNamespace(string? Name)
{
    public static readonly NetworkNamespace Own = new((string?)null);

    /// <summary>Runs a program there and returns its stdout; throws <see cref="SubprocessFailedException"/> unless it exits with 0.</summary>
    public Task<string> RequireAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null) =>
        Name is null
            ? Subprocess.RequireAsync(program, arguments, cancellationToken, input)
            : Subprocess.RequireAsync("ip", ["netns", "exec", Name, program, .. arguments], cancellationToken, input);
}
