namespace Culvert.Linux;

/// <summary>
/// Where a role writes what it has to say. A full disk must not end who writes to a log on it (write(2): ENOSPC): what cannot be written is lost, and
/// there is nobody who could be told.
/// </summary>
internal static class LogOutput
{
    /// <summary>Standard error, of which nobody's work depends.</summary>
    public static void TolerateErrors() => Console.SetError(Writer(Console.OpenStandardError()));

    /// <summary>Standard output too, where it is a log.</summary>
    public static void Tolerate() => Console.SetOut(Writer(Console.OpenStandardOutput()));

    internal static StreamWriter Writer(Stream log) => new(new Unfailing(log)) { AutoFlush = true };

    private sealed class Unfailing(Stream log) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                log.Write(buffer);
            }
            catch (IOException)
            {
                // Said above.
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
