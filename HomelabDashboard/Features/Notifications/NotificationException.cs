namespace HomelabDashboard.Features.Notifications;

/// <summary>A message did not go, with the reason in words for a person; never with a secret in them.</summary>
/// <param name="message">Why.</param>
/// <param name="mayRetry">Whether it may go later.</param>
public sealed class NotificationException(string message, bool mayRetry) : Exception(message)
{
    public bool MayRetry => mayRetry;

    /// <summary>When the receiver wants it again, if it says so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
