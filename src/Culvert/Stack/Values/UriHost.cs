namespace Culvert.Stack.Values;

/// <summary>The host of a URL as DNS writes it.</summary>
internal static class UriHost
{
    /// <summary>In letters as they stand where there is no such form: <see cref="Uri"/> takes hosts that IDNA refuses, and its <c>IdnHost</c> throws for them.</summary>
    public static string Of(Uri url)
    {
        try
        {
            return url.IdnHost;
        }
        catch (UriFormatException)
        {
            return url.Host;
        }
    }
}
