namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>The order of a list of hosts, as its URL says it: a column and whether the greatest comes first.</summary>
public readonly record struct HostSort(string Column, bool Descending)
{
    /// <summary>What a list can be ordered by; figures stand at the right.</summary>
    public static readonly IReadOnlyList<(string Column, string Title, bool Figure)> Columns =
    [
        ("name", "Name", false), ("status", "State", false), ("cpu", "CPU", true), ("memory", "Memory", true), ("disk", "Disk", true),
        ("network", "Network", true), ("temperature", "Temp.", true), ("seen", "Last seen", true),
    ];

    /// <param name="text">Such as <c>cpu</c> or <c>-cpu</c>; anything else is by name.</param>
    public static HostSort Parse(string? text)
    {
        var descending = text?.StartsWith('-') is true;
        var column = text?.TrimStart('-');
        return Columns.Any(c => c.Column == column) ? new(column!, descending) : new("name", descending);
    }

    /// <summary>What stands in the URL after a click on a column's head; null for the order that needs no word.</summary>
    public string? After(string column)
    {
        // Of figures, the greatest first is what one looks for.
        var figure = Columns.Any(c => c.Column == column && c.Figure);
        var first = figure ? "-" + column : column;
        var second = figure ? column : "-" + column;
        var next = Column == column && Text == first ? second : first;
        return next == "name" ? null : next;
    }

    private string Text => Descending ? "-" + Column : Column;

    public IReadOnlyList<HostView> Apply(IEnumerable<HostView> views)
    {
        var ordered = Column switch
        {
            "status" => By(views, v => v.Problems.Count > 0 ? (double)v.Problems[0].Look.Shape : v.Stale ? 10 : -1),
            "cpu" => By(views, v => v.Cpu),
            "memory" => By(views, v => v.Memory),
            "disk" => By(views, v => v.Disk),
            "network" => By(views, v => v.Network),
            "temperature" => By(views, v => v.Temperature),
            "seen" => By(views, v => v.Host.LastSeen?.Ticks),
            _ => Descending
                ? views.OrderByDescending(v => v.Host.Name, StringComparer.OrdinalIgnoreCase)
                : views.OrderBy(v => v.Host.Name, StringComparer.OrdinalIgnoreCase),
        };
        return [.. ordered];
    }

    /// <summary>The unknown always comes last.</summary>
    private IOrderedEnumerable<HostView> By(IEnumerable<HostView> views, Func<HostView, double?> figure)
    {
        var sign = Descending ? -1 : 1;
        return views.OrderBy(v => figure(v) is { } x ? x * sign : double.MaxValue).ThenBy(v => v.Host.Name, StringComparer.OrdinalIgnoreCase);
    }
}
