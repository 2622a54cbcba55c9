namespace HomelabDashboard.Features.Schedules;

/// <summary>When a playbook runs by itself, and where.</summary>
public sealed class Schedule
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public required string Playbook { get; set; }

    public TargetType? TargetType { get; set; } = Schedules.TargetType.Group;

    public required string Target { get; set; }

    public string? ExtraVars { get; set; }

    public required ScheduleType ScheduleType { get; set; }

    public DateTime? ScheduleTime { get; set; }

    public RecurrenceType? RecurrenceType { get; set; }

    public string? RecurrenceTime { get; set; }

    public string? RecurrenceDays { get; set; }

    public string? CronExpression { get; set; }

    public string? Timezone { get; set; } = "America/Montreal";

    public DateTime? StartAt { get; set; }

    public DateTime? EndAt { get; set; }

    public bool Enabled { get; set; } = true;

    public string? Tags { get; set; }

    /// <summary>While all are paused: when it is due if they go on before that.</summary>
    public DateTime? NextRun { get; set; }

    public DateTime? LastRun { get; set; }

    public ScheduleStatus? LastStatus { get; set; } = ScheduleStatus.Never;

    public int? RetryOnFailure { get; set; } = 0;

    public int? Timeout { get; set; } = 3600;

    public NotificationType? NotificationType { get; set; } = Schedules.NotificationType.All;

    public int? RunCount { get; set; } = 0;

    public int? SuccessCount { get; set; } = 0;

    public int? FailureCount { get; set; } = 0;

    /// <summary>What is done when it is due while its run before goes on.</summary>
    public OverlapPolicy OverlapPolicy { get; set; }

    /// <summary>What is done when it was due while the dashboard did not run.</summary>
    public MissedPolicy MissedPolicy { get; set; }

    /// <summary>The time it was due at and waits since, because its run before goes on.</summary>
    public DateTime? QueuedFor { get; set; }

    /// <summary>When a failed run is tried again.</summary>
    public DateTime? RetryAt { get; set; }

    /// <summary>How often the failed run was tried; 0: none waits to be tried again.</summary>
    public int RetryAttempt { get; set; }

    public string? CreatedBy { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }
}
