using System.Diagnostics;
using System.Text.Json;

namespace Culvert.Bench;

/// <summary>One run of a load program: it says "ready", measures, says its result, and ends when it is let go.</summary>
internal sealed class Load : IDisposable
{
    private const string Program = "artifacts/bench/load";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _what;

    public Load(params string[] arguments)
    {
        _what = string.Join(' ', arguments);
        _process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    public void WaitUntilReady() => ReadLine();

    public JsonElement ReadResult() => JsonDocument.Parse(ReadLine()).RootElement;

    /// <summary>The word to go on to the next phase.</summary>
    public void GoOn()
    {
        _process.StandardInput.Write('\n');
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string ReadLine()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        if (!line.Wait(Patience) || line.Result is not { } text)
        {
            _process.Kill();
            throw new InvalidOperationException($"load {_what}: no result");
        }

        return text;
    }
}
