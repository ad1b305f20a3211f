using System.Net;

namespace Culvert.Proxy.Users;

/// <summary>Lets in who knows a user's password, and slows down who guesses.</summary>
internal sealed class Gate(Current<UserTable> users, AttemptLimiter attempts)
{
    public bool IsOpen => users.Value.IsEmpty;

    /// <summary>Null when the client may go on.</summary>
    public ProxyFailure? Check(IPAddress client, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        if (attempts.IsBlocked(client))
        {
            return ProxyFailure.TooManyAttempts;
        }

        if (users.Value.Knows(name, password))
        {
            return null;
        }

        attempts.Failed(client);
        return ProxyFailure.AuthenticationFailed;
    }
}
