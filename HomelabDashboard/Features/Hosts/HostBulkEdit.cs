namespace HomelabDashboard.Features.Hosts;

/// <summary>One change to several hosts. What is null stays as it is.</summary>
public sealed record HostBulkEdit
{
    /// <summary>Empty: taken away.</summary>
    public string? AnsibleGroup { get; init; }

    public IReadOnlyList<string> AddTags { get; init; } = [];

    public IReadOnlyList<string> RemoveTags { get; init; } = [];

    public bool? Enabled { get; init; }

    public bool? Maintenance { get; init; }

    /// <summary>UTC; counts with <see cref="Maintenance"/> alone.</summary>
    public DateTime? MaintenanceUntil { get; init; }

    public string? MaintenanceReason { get; init; }
}
