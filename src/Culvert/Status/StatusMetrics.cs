using Culvert.Stack;
using Prometheus;

namespace Culvert.Status;

/// <summary>The view as Prometheus reads it. Labels name applications and providers as culvert.yaml does, and nothing that a client sent.</summary>
internal sealed class StatusMetrics
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Gauge carries;
    private readonly Gauge roles;
    private readonly Gauge guardLoaded;
    private readonly Gauge states;
    private readonly Gauge since;
    private readonly Gauge attempt;
    private readonly Gauge connections;
    private readonly Gauge calls;
    private readonly Gauge bytes;

    public StatusMetrics()
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        carries = metrics.CreateGauge("culvert_carries", "1 when LLM calls leave, through the tunnel; 0 when they are refused.");
        roles = metrics.CreateGauge("culvert_role_healthy", "1 when the role does its job.", "role");
        guardLoaded = metrics.CreateGauge("culvert_guard_loaded_timestamp_seconds", "When the guard was loaded and read back; 0 when it does not stand.");
        states = metrics.CreateGauge("culvert_tunnel_state", "1 for the state that the tunnel is in.", "state");
        since = metrics.CreateGauge("culvert_tunnel_state_since_timestamp_seconds", "When the tunnel entered its state.");
        connections = metrics.CreateGauge("culvert_proxy_connections", "Connections of clients that are open.");
        calls = metrics.CreateGauge("culvert_proxy_calls", "Calls since the proxy was started, by how they ended.", "application", "provider", "outcome");
        bytes = metrics.CreateGauge("culvert_proxy_bytes", "Bytes since the proxy was started.", "application", "provider", "direction");
        attempt = metrics.CreateGauge("culvert_tunnel_attempt", "Which attempt to connect in a row this is.");
    }

    public async Task WriteAsync(StatusView view, Stream stream, CancellationToken cancellationToken)
    {
        carries.Set(view.Carries ? 1 : 0);
        foreach (var role in view.Roles)
        {
            roles.WithLabels(role.Name).Set(role.Problem is null ? 1 : 0);
        }

        guardLoaded.Set(view.Guard?.GuardLoadedAt.ToUnixTimeSeconds() ?? 0);
        foreach (var state in Enum.GetValues<TunnelState>())
        {
            states.WithLabels(state.ToString().ToLowerInvariant()).Set(view.Tunnel?.State == state ? 1 : 0);
        }

        since.Set(view.Tunnel?.Since.ToUnixTimeSeconds() ?? 0);
        attempt.Set(view.Tunnel?.Attempt ?? 0);
        Count(view.Calls);
        await registry.CollectAndExportAsTextAsync(stream, cancellationToken);
    }

    // Gauges, although they grow: a proxy that was started again begins at zero, and so does what is told here.
    private void Count(CallsReport? report)
    {
        connections.Set(report?.OpenConnections ?? 0);
        foreach (var line in report?.Lines ?? [])
        {
            calls.WithLabels(line.Application, line.Provider, line.Outcome).Set(line.Calls);
        }

        foreach (var way in (report?.Lines ?? []).GroupBy(line => (line.Application, line.Provider)))
        {
            bytes.WithLabels(way.Key.Application, way.Key.Provider, "up").Set(way.Sum(line => line.BytesUp));
            bytes.WithLabels(way.Key.Application, way.Key.Provider, "down").Set(way.Sum(line => line.BytesDown));
        }
    }
}
