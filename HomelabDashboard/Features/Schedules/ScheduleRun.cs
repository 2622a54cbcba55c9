namespace HomelabDashboard.Features.Schedules;

/// <summary>One run of a schedule.</summary>
public sealed class ScheduleRun
{
    public long Id { get; set; }

    public required string ScheduleId { get; set; }

    public string? TaskId { get; set; }

    public required ScheduleRunStatus Status { get; set; }

    public DateTime StartedAt { get; set; }

    public DateTime? CompletedAt { get; set; }

    public double? Duration { get; set; }

    public int? HostsImpacted { get; set; } = 0;

    public string? ErrorMessage { get; set; }

    public string? Output { get; set; }

    public DateTime CreatedAt { get; set; }
}
