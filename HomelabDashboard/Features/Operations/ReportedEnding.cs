namespace HomelabDashboard.Features.Operations;

/// <summary>How an operation ended, as a worker elsewhere tells it. The same ending is the one with the same target, kind and time.</summary>
/// <param name="Status"><c>succeeded</c> or <c>failed</c>.</param>
/// <param name="Error">What went wrong, in words; for a failed one alone.</param>
/// <param name="CompletedAt">When it ended, by a clock that is right: an ending before an operation was asked for is not its own.</param>
public sealed record ReportedEnding(string Target, string Kind, OperationStatus Status, DateTime CompletedAt, string? Error = null);

public enum EndingOutcome
{
    /// <summary>An open operation was ended by it.</summary>
    Applied,

    /// <summary>It was told before.</summary>
    Repeated,

    /// <summary>No operation was open then for this target and kind.</summary>
    NotOpen,
}

/// <summary>What became of one ending.</summary>
/// <param name="OperationId">The operation that it ended, now or when it was first told; null where there is none.</param>
public sealed record AppliedEnding(string Target, string Kind, EndingOutcome Outcome, string? OperationId);

/// <summary>What became of the endings of a heartbeat, in the order in which they were told.</summary>
public sealed record HeartbeatAnswer(IReadOnlyList<AppliedEnding> Endings);
