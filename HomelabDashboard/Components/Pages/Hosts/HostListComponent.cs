using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.AspNetCore.Components;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>A page that shows all hosts, live.</summary>
public abstract class HostListComponent : LiveComponent
{
    private readonly Dictionary<string, HostView> _views = [];
    private LiveStore<string, HostSummary> _hosts = default!;
    private LiveStore<string, HostReading> _readings = default!;

    [Inject]
    protected HostService Hosts { get; set; } = default!;

    [Inject]
    protected MetricsService Metrics { get; set; } = default!;

    /// <summary>By name; null until they are there.</summary>
    protected IReadOnlyList<HostView>? Views { get; private set; }

    protected override async Task OnInitializedAsync()
    {
        _hosts = await Hosts.LiveAsync();
        _readings = await Metrics.LiveAsync();
        Take(_hosts.Snapshot().Keys);
        Watch(_hosts, batch => Take(batch.Select(change => change.Key)));
        Watch(_readings, batch => Take(batch.Select(change => change.Key)));
    }

    /// <summary>After <see cref="Views"/> has changed, before it is rendered.</summary>
    protected virtual void OnViewsChanged()
    {
    }

    private bool Take(IEnumerable<string> ids)
    {
        var changed = Views is null;
        foreach (var id in ids)
        {
            var host = _hosts.Get(id);
            var reading = _readings.Get(id);
            if (host is null)
            {
                changed |= _views.Remove(id);
            }
            else if (!_views.TryGetValue(id, out var view) || !ReferenceEquals(view.Host, host) || !ReferenceEquals(view.Reading, reading))
            {
                _views[id] = new(host, reading);
                changed = true;
            }
        }

        if (changed)
        {
            Views = [.. _views.Values.OrderBy(v => v.Host.Name, StringComparer.OrdinalIgnoreCase)];
            OnViewsChanged();
        }

        return changed;
    }
}
