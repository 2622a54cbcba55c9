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

    /// <summary>Why it ran.</summary>
    public ScheduleTrigger TriggerType { get; set; }

    /// <summary>When it was due; null for one that a person asked for.</summary>
    public DateTime? ScheduledFor { get; set; }

    /// <summary>1, and one more for each time that it is tried again.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>Who asked for it; null when it was the schedule itself.</summary>
    public string? RequestedBy { get; set; }

    public DateTime CreatedAt { get; set; }
}
