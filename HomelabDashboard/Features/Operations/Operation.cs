namespace HomelabDashboard.Features.Operations;

/// <summary>One attempt at a long action on one target. The row never changes after its end; a retry is a new row.</summary>
public sealed class Operation
{
    public required string Id { get; set; }

    /// <summary>What is done, such as <c>collect</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>What it is done to, such as <c>host:k3f9w2m7q1xz</c>.</summary>
    public required string Target { get; set; }

    public string? HostId { get; set; }

    public OperationStatus Status { get; set; }

    public string? Error { get; set; }

    /// <summary>0 to 1; null where it cannot be told.</summary>
    public double? Progress { get; set; }

    public string? Message { get; set; }

    public string? RetryOf { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? CompletedAt { get; set; }

    public string? RequestedBy { get; set; }

    /// <summary>What it said, as far as it is kept: lines with newlines between. Written at its end; null where it said nothing.</summary>
    public string? Output { get; set; }
}
