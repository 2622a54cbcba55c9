namespace HomelabDashboard.Features.Automation;

/// <summary>One run of a playbook. Its id is that of its operation too.</summary>
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

    /// <summary>A <see cref="RunResult"/> as JSON, once it has ended.</summary>
    public string? ResultData { get; set; }

    /// <summary>The <see cref="RunRequest"/> as JSON; variables that may hold a secret stand in it without their values.</summary>
    public string? Request { get; set; }

    public string? RequestedBy { get; set; }

    public DateTime CreatedAt { get; set; }
}
