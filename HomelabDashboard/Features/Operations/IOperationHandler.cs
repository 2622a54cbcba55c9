namespace HomelabDashboard.Features.Operations;

/// <summary>The work behind one kind of operation; each room registers its own. It may run long after the caller has left.</summary>
public interface IOperationHandler
{
    /// <summary>The word stored in <c>operations.kind</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// The scope that a caller needs to have a failed one done again just as it was. Null where it cannot be, such as where a
    /// secret is used once.
    /// </summary>
    string? RetryScope => null;

    /// <summary>
    /// How many of this kind may run at once; the others wait in the queue, where a restart does not end them. One host never has the last
    /// place beside others of its own. Null: only the shares of the hosts bound it.
    /// </summary>
    int? AtOnce => null;

    /// <summary>What an operation of this kind is about, as people call it, such as <c>nas</c>; for lines of the log.</summary>
    ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) => ValueTask.FromResult(operation.Target);

    /// <summary>
    /// Does the work and answers null when it was seen to succeed, or else the failure in words for a person.
    /// An exception is a bug: it ends the operation as failed, and is logged. Lines of output go to <see cref="OperationOutputs"/>.
    /// </summary>
    /// <param name="operation">The row as it was when the work was taken up.</param>
    /// <param name="progress">Shown to everybody who looks: 0 to 1, or null, and a few words.</param>
    Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken);
}
