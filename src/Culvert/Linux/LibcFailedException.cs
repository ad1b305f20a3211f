using System.Runtime.InteropServices;

namespace Culvert.Linux;

/// <summary>A libc call that must succeed did not; the message names the call and the error that it left.</summary>
internal sealed class LibcFailedException(string call)
    : Exception($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");
