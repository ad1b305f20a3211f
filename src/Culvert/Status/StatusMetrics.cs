using Culvert.Stack;
using Prometheus;

namespace Culvert.Status;

/// <summary>The view as Prometheus reads it. No label holds an address of a client or a name outside the catalogue.</summary>
internal sealed class StatusMetrics
{
    private readonly CollectorRegistry registry = Metrics.NewCustomRegistry();
    private readonly Gauge carries;
    private readonly Gauge roles;
    private readonly Gauge guardLoaded;
    private readonly Gauge states;
    private readonly Gauge since;
    private readonly Gauge attempt;

    public StatusMetrics()
    {
        var metrics = Metrics.WithCustomRegistry(registry);
        carries = metrics.CreateGauge("culvert_carries", "1 when LLM calls leave, through the tunnel; 0 when they are refused.");
        roles = metrics.CreateGauge("culvert_role_healthy", "1 when the role does its job.", "role");
        guardLoaded = metrics.CreateGauge("culvert_guard_loaded_timestamp_seconds", "When the guard was loaded and read back; 0 when it does not stand.");
        states = metrics.CreateGauge("culvert_tunnel_state", "1 for the state that the tunnel is in.", "state");
        since = metrics.CreateGauge("culvert_tunnel_state_since_timestamp_seconds", "When the tunnel entered its state.");
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
        await registry.CollectAndExportAsTextAsync(stream, cancellationToken);
    }
}
