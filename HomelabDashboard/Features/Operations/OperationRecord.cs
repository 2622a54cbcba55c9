namespace HomelabDashboard.Features.Operations;

/// <summary>An operation as pages and programs see it; see <see cref="Operation"/> for the fields.</summary>
/// <param name="HasOutput">It is over, and what it said can be read.</param>
public sealed record OperationRecord(
    string Id,
    string Kind,
    string Target,
    string? HostId,
    OperationStatus Status,
    string? Error,
    double? Progress,
    string? Message,
    string? RetryOf,
    DateTime CreatedAt,
    DateTime? StartedAt,
    DateTime UpdatedAt,
    DateTime? CompletedAt,
    string? RequestedBy,
    bool HasOutput)
{
    /// <summary>The <see cref="Error"/> of one that the end of the dashboard ended.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The <see cref="Error"/> of one that was cancelled.</summary>
    public const string Cancelled = "cancelled";

    public bool IsOpen => Status is OperationStatus.Pending or OperationStatus.Running;
}
