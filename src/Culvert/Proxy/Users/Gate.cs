using System.Net;

namespace Culvert.Proxy.Users;

/// <summary>Lets in who knows a user's password, and slows down who guesses.</summary>
internal sealed class Gate(Current<UserTable> users, AttemptLimiter attempts)
{
    public bool IsOpen => users.Value.IsEmpty;

    /// <summary>Null when the client may go on, as <paramref name="user"/>.</summary>
    public ProxyFailure? Check(IPAddress client, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password, out string? user)
    {
        user = null;
        if (attempts.IsBlocked(client))
        {
            return ProxyFailure.TooManyAttempts;
        }

        user = users.Value.Find(name, password);
        if (user is not null)
        {
            return null;
        }

        attempts.Failed(client);
        return ProxyFailure.AuthenticationFailed;
    }
}
