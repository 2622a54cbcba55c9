namespace HomelabDashboard.Features;

/// <summary>An expected failure, in words for a person and with a stable code for a program.</summary>
/// <param name="Code">The code of the HTTP API, in capitals, such as <c>NOT_FOUND</c>.</param>
/// <param name="Message">What is wrong and what to do next, in plain words.</param>
/// <param name="Errors">For <c>VALIDATION_FAILED</c>: messages by field, the field in the API's snake_case.</param>
public sealed record Problem(string Code, string Message, IReadOnlyDictionary<string, string[]>? Errors = null)
{
    /// <summary>When to try again, where that is known; sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>For <c>OPERATION_OPEN</c>: the operation that is under way; sent as <c>operation_id</c>.</summary>
    public string? OperationId { get; init; }

    public static Problem Invalid(string field, string message) =>
        new("VALIDATION_FAILED", message, new Dictionary<string, string[]> { [field] = [message] });

    /// <param name="errors">At least one field with at least one message.</param>
    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new("VALIDATION_FAILED", string.Join(" ", errors.Values.SelectMany(m => m)), errors);

    public static Problem NotFound(string what) => new("NOT_FOUND", $"There is no such {what}.");
}
