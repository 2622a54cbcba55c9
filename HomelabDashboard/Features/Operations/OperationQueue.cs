namespace HomelabDashboard.Features.Operations;

/// <summary>Takes operations in and answers at once; workers do them. Singleton.</summary>
public sealed class OperationQueue
{
    /// <summary>Writes a pending row. <c>OPERATION_OPEN</c> while one is open for the same target and kind.</summary>
    public Task<Result<OperationRecord>> EnqueueAsync(string kind, string target, string? hostId, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();
}
