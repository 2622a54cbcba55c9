namespace HomelabDashboard.Features.Automation;

/// <summary>A run as pages and programs see it; see <see cref="AutomationTask"/> for the columns.</summary>
/// <param name="Target">As it was asked for; see <see cref="RunRequest.Target"/>.</param>
/// <param name="Message">What it does now; null once it has ended.</param>
/// <param name="HostsImpacted">How many hosts it has touched so far.</param>
/// <param name="HostsFailed">How many of them failed or could not be reached.</param>
/// <param name="Lines">Of output so far.</param>
/// <param name="Version">Grows with every change of the run's tree.</param>
/// <param name="TreeCut">Whether it had more tasks, hosts or events than are kept of its tree; the output goes on.</param>
public sealed record RunRecord(
    string Id,
    string Action,
    string Playbook,
    string Target,
    AutomationTaskStatus Status,
    DateTime CreatedAt,
    DateTime? StartedAt,
    DateTime? CompletedAt,
    string? ErrorMessage,
    string? RequestedBy,
    RunRequest Request,
    RunResult? Result,
    string? Message = null,
    int HostsImpacted = 0,
    int HostsFailed = 0,
    long Lines = 0,
    long Version = 0,
    bool TreeCut = false)
{
    /// <summary><see cref="Result"/> by the name of its column.</summary>
    public RunResult? ResultData => Result;

    public bool IsOpen => Status is AutomationTaskStatus.Pending or AutomationTaskStatus.Running;
}
