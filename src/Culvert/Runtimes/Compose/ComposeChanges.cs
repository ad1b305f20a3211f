using Culvert.Runtimes.Namespaces;
using Culvert.Stack;

namespace Culvert.Runtimes.Compose;

/// <summary>
/// What a changed culvert.yaml asks of a stack that stands: <see cref="Networks"/> need an owner made anew, a <see cref="Guard"/> is loaded into the
/// owner's namespace, <see cref="Parts"/> are containers made anew in it, and <see cref="Dev"/> is told, because it is a person's place of work.
/// </summary>
internal sealed record ComposeChanges(bool Networks, bool Guard, IReadOnlyList<string> Parts, bool Dev)
{
    public static readonly ComposeChanges None = new(false, false, [], false);

    public bool IsNone => this is { Networks: false, Guard: false, Parts.Count: 0 };

    /// <param name="changes">Of <see cref="AppliedInputs.ChangesSince"/>.</param>
    public static ComposeChanges Of(IReadOnlyList<string> changes) => new(
        changes.Contains(AppliedInputs.Networks),
        changes.Contains(Role.Hold.Name),
        [.. new[] { Role.Tunnel, Role.Resolver, Role.Proxy }.Where(role => changes.Contains(role.Name)).Select(role => $"vpn-{role.Name}")],
        changes.Contains(AppliedInputs.Dev));
}
