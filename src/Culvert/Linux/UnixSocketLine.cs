using System.Net.Sockets;
using System.Text;

namespace Culvert.Linux;

/// <summary>Asks a process one line on its unix socket.</summary>
internal static class UnixSocketLine
{
    private const int LongestAnswer = 16 * 1024 * 1024;

    /// <summary>The line that comes back; <see cref="SocketException"/> when there is nobody, no permission, or no answer in time.</summary>
    public static string Ask(string path, string line, TimeSpan deadline)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)deadline.TotalMilliseconds,
            SendTimeout = (int)deadline.TotalMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.UTF8.GetBytes(line + "\n"));
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (answer.Length < LongestAnswer && socket.Receive(buffer) is > 0 and var count)
        {
            answer.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(answer.ToArray()).TrimEnd('\n');
    }
}
