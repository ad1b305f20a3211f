using System.Net.Sockets;
using Culvert.Linux;
using Culvert.Stack;

namespace Culvert.Commands;

/// <summary>A role that tells the status role what it knows, at an abstract Unix socket of the namespace.</summary>
internal static class TellingStatus
{
    /// <summary>
    /// Tells until disposed of. Null, and a sentence, when another process has the name: dev may take it while the role does not run. The status page then says
    /// that nothing is reported, and the role is none the worse.
    /// </summary>
    public static IDisposable? Start(Role role, string name, Func<byte[]?> document, CancellationToken cancellationToken)
    {
        try
        {
            var answer = new LocalAnswer(name);
            _ = ServeAsync(role, answer, document, cancellationToken);
            return answer;
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"{role.Name}: taking the name {name} for the status role: {e.Message}; the status page will not know this role");
            return null;
        }
    }

    private static async Task ServeAsync(Role role, LocalAnswer answer, Func<byte[]?> document, CancellationToken cancellationToken)
    {
        try
        {
            await answer.ServeAsync([0, Role.Status.Uid], document, e => Say(role, e, "the status page does not know this role until it can be read"), cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The role ends.
        }
        catch (SocketException e)
        {
            Say(role, e, "the status page will not know this role");
        }
    }

    private static void Say(Role role, Exception failure, string consequence) =>
        Console.Error.WriteLine($"{role.Name}: telling the status role: {failure.Message}; {consequence}");
}
