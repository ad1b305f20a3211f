namespace Culvert.Commands;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Holds = 0;
    public const int DoesNotHold = 1;
    public const int WrongUse = 2;
}
