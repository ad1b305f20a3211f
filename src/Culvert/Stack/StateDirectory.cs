namespace Culvert.Stack;

/// <summary>What a stack keeps while it is down, across restarts of the machine: <c>/var/lib/culvert/NAME</c>.</summary>
internal sealed record StateDirectory(string Path)
{
    public static StateDirectory For(string stackName) => new($"/var/lib/culvert/{stackName}");

    /// <summary>AdGuard's client keeps its login here; losing it loses the login.</summary>
    public string AdGuard => $"{Path}/adguardvpn";
}
