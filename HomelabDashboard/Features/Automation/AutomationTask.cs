namespace HomelabDashboard.Features.Automation;

/// <summary>One run of an action or playbook.</summary>
public sealed class AutomationTask
{
    public required string Id { get; set; }

    public required string Action { get; set; }

    public required string Target { get; set; }

    public AutomationTaskStatus Status { get; set; }

    public string? Playbook { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? CompletedAt { get; set; }

    public string? ErrorMessage { get; set; }

    public string? ResultData { get; set; }

    public DateTime CreatedAt { get; set; }
}
