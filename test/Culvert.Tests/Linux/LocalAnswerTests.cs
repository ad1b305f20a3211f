using System.Net.Sockets;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

public sealed class LocalAnswerTests
{
    private const int Nobody = 65534;
    private static readonly int Own = int.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2]);
    private readonly string name = $"culvert-test-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_of_the_right_uid_is_told_the_document_as_it_is_then()
    {
        using var answer = new LocalAnswer(name);
        var document = "first"u8.ToArray();
        var serving = answer.ServeAsync([Own], () => document, Fail, Token);

        Assert.Equal("first"u8.ToArray(), await LocalAnswer.AskAsync(name, [Own], Token));
        document = new byte[100_000];
        Assert.Equal(100_000, (await LocalAnswer.AskAsync(name, [Own], Token))!.Length);
        Assert.False(serving.IsCompleted);
    }

    [Fact]
    public async Task Another_uid_is_told_nothing()
    {
        using var answer = new LocalAnswer(name);
        _ = answer.ServeAsync([Nobody], () => "secret"u8.ToArray(), Fail, Token);

        Assert.Null(await LocalAnswer.AskAsync(name, [Own], Token));
    }

    [Fact]
    public async Task Who_took_the_name_and_has_another_uid_is_not_believed()
    {
        using var impostor = new LocalAnswer(name);
        _ = impostor.ServeAsync([Own], () => "false"u8.ToArray(), Fail, Token);

        Assert.Null(await LocalAnswer.AskAsync(name, [Nobody], Token));
        Assert.Throws<SocketException>(() => new LocalAnswer(name));
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_is_said_once_and_told_again_when_it_can()
    {
        using var answer = new LocalAnswer(name);
        Exception? failure = new IOException("Input/output error");
        var said = new List<string>();
        _ = answer.ServeAsync([Own], () => failure is null ? "back"u8.ToArray() : throw failure, e => said.Add(e.Message), Token);

        Assert.Null(await LocalAnswer.AskAsync(name, [Own], Token));
        Assert.Null(await LocalAnswer.AskAsync(name, [Own], Token));
        failure = null;
        Assert.Equal("back"u8.ToArray(), await LocalAnswer.AskAsync(name, [Own], Token));
        failure = new UnauthorizedAccessException("Permission denied");
        Assert.Null(await LocalAnswer.AskAsync(name, [Own], Token));
        Assert.Equal(["Input/output error", "Permission denied"], said);
    }

    [Fact]
    public async Task Nobody_there_is_no_answer() => Assert.Null(await LocalAnswer.AskAsync(name, [Own], Token));

    private static void Fail(Exception failure) => Assert.Fail($"the document cannot be read: {failure}");
}
