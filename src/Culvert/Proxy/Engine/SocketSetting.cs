namespace Culvert.Proxy.Engine;

/// <summary>An integer option of setsockopt(2).</summary>
internal readonly record struct SocketSetting(int Level, int Name, int Value);
