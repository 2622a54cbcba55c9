using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Schedules;

/// <summary>What a person or program says of a schedule; the fields are the columns of <c>schedules</c>, and those that are not given have their defaults.</summary>
public sealed record ScheduleInput : TimingInput
{
    [JsonConstructor]
    public ScheduleInput(ScheduleType scheduleType)
        : base(scheduleType)
    {
    }

    /// <summary>One that is due then.</summary>
    internal ScheduleInput(TimingInput timing)
        : base(timing)
    {
    }

    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>A file of the playbooks folder.</summary>
    public required string Playbook { get; init; }

    public TargetType TargetType { get; init; } = TargetType.Group;

    /// <summary>The id of a host or the name of a group; nothing else than <c>all</c> for all hosts.</summary>
    public string? Target { get; init; }

    /// <summary>A JSON object.</summary>
    public JsonElement? ExtraVars { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Words by which schedules are found, with commas between.</summary>
    public string? Tags { get; init; }

    /// <summary>How often a failed run is tried again, 0 to 10.</summary>
    public int RetryOnFailure { get; init; }

    /// <summary>In seconds.</summary>
    public int Timeout { get; init; } = 3600;

    public NotificationType NotificationType { get; init; } = NotificationType.All;

    public OverlapPolicy OverlapPolicy { get; init; } = OverlapPolicy.Skip;

    public MissedPolicy MissedPolicy { get; init; } = MissedPolicy.RunOnce;

    /// <summary>What would be said of a schedule to leave it as it is.</summary>
    public static ScheduleInput Of(ScheduleRecord s) => new(s.Timing)
    {
        Name = s.Name,
        Description = s.Description,
        Playbook = s.Playbook,
        TargetType = s.TargetType,
        Target = s.Target,
        ExtraVars = s.ExtraVars,
        Enabled = s.Enabled,
        Tags = s.Tags,
        RetryOnFailure = s.RetryOnFailure,
        Timeout = s.Timeout,
        NotificationType = s.NotificationType,
        OverlapPolicy = s.OverlapPolicy,
        MissedPolicy = s.MissedPolicy,
    };
}
