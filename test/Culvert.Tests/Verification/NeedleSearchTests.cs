using System.Text;
using CsCheck;
using Culvert.Linux;
using Culvert.Tests.Stack;
using Culvert.Verification;

namespace Culvert.Tests.Verification;

public sealed class NeedleSearchTests : IDisposable
{
    private const int Chunk = 1 << 20;

    private static readonly Needle Canary = new("the canary", "canary0123456789abcdef");
    private static readonly Needle Short = new("a short one", "zq");
    private static readonly NeedleSearch Search = new([Canary, Short]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Finds_a_needle_wherever_it_lies_about_the_borders_of_what_is_read_at_once()
    {
        var stream = new byte[(2 * Chunk) + 100];
        foreach (var border in new[] { Chunk, 2 * Chunk })
        {
            for (var at = border - Canary.Bytes.Length - 2; at <= border + 2; at++)
            {
                stream.AsSpan().Clear();
                Canary.Bytes.CopyTo(stream, at);
                Assert.Equal([Canary], Search.InStream(new MemoryStream(stream)));
            }
        }
    }

    [Fact]
    public void Finds_it_however_small_the_pieces_are_that_a_read_gives() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 40].Array[1, 10]).Sample((before, pieces) =>
            Search.InStream(new PiecemealStream([.. new byte[before], .. Canary.Bytes, .. new byte[50]], pieces)) is [{ Name: "the canary" }]);

    [Fact]
    public void Finds_nothing_where_only_a_part_of_it_is() => Gen.Int[1, Canary.Bytes.Length - 1].Sample(cut =>
        Search.InStream(new MemoryStream([.. Canary.Bytes[..cut], (byte)'\n', .. Canary.Bytes[cut..]])).Count == 0);

    [Fact]
    public void Finds_it_at_the_very_end_and_each_needle_once() => Assert.Equal(
        [Short, Canary],
        Search.InStream(new MemoryStream([.. Short.Bytes, .. Short.Bytes, .. Canary.Bytes])).OrderBy(needle => needle.Bytes.Length));

    [Fact]
    public void Searches_hidden_files_and_all_below_but_follows_no_link_and_opens_no_pipe()
    {
        folder.Write("below/deep/.hidden", $"x{Canary.Text}");
        folder.Write("other/file", "nothing");
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("target", Canary.Text);
        File.CreateSymbolicLink(folder.PathOf("link"), elsewhere.PathOf("target"));
        Directory.CreateSymbolicLink(folder.PathOf("below/loop"), folder.Path);
        using (var made = System.Diagnostics.Process.Start("mkfifo", folder.PathOf("pipe")))
        {
            made.WaitForExit();
        }

        Assert.Equal([new NeedleFound("the canary", folder.PathOf("below/deep/.hidden"))], Search.InFolder(folder.Path));
    }

    [Fact]
    public void A_file_that_is_gone_since_it_was_listed_is_no_error() => Assert.Empty(Search.InFile(folder.PathOf("gone")));

    [Fact]
    public async Task The_environment_of_a_process_is_searched_and_one_that_has_ended_is_no_error()
    {
        await using var process = HeldProcess.Start(["sh", "-c", "export HIDDEN=$1; echo up; exec cat", "sh", Canary.Text]);
        await process.ReadLineAsync(TestContext.Current.CancellationToken);
        await process.WriteLineAsync("cat has taken the shell's place", TestContext.Current.CancellationToken);
        await process.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Single(Search.InFile($"/proc/{process.Id}/environ"));
        Assert.Empty(Search.InFile($"/proc/{process.Id}/cmdline"));
        Assert.Empty(Search.InFile("/proc/999999999/environ"));
    }

    [Fact]
    public void Text_is_searched_exactly()
    {
        Assert.Equal([new NeedleFound("the canary", "the journal")], Search.InText("the journal", $"a{Canary.Text}b"));
        Assert.Empty(Search.InText("the journal", Canary.Text.ToUpperInvariant()));
        Assert.Equal(Encoding.UTF8.GetBytes(Canary.Text), Canary.Bytes);
    }

    /// <summary>Gives a few bytes at a time, as a slow pipe does.</summary>
    private sealed class PiecemealStream(byte[] content, int[] pieces) : MemoryStream(content)
    {
        private int reads;

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, pieces[reads++ % pieces.Length]));
    }
}
