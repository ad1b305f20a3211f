using QRCoder;

namespace Culvert.Commands.Login;

/// <summary>A QR code as text: each character is two modules, one above the other, and what is light is drawn.</summary>
internal static class QrCode
{
    public static IReadOnlyList<string> Lines(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var rows = code.ModuleMatrix;
        return [.. Enumerable.Range(0, (rows.Count + 1) / 2).Select(pair => string.Concat(Enumerable.Range(0, rows.Count).Select(column =>
            (IsLight(pair * 2, column), IsLight((pair * 2) + 1, column)) switch
            {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                _ => ' ',
            })))];

        // Below the last row the quiet zone goes on.
        bool IsLight(int row, int column) => row >= rows.Count || !rows[row][column];
    }
}
