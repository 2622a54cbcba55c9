namespace HomelabDashboard.Features.Notifications;

/// <summary>A message did not go, or it is not known whether it did, with the reason in words for a person; never with a secret in them.</summary>
/// <param name="message">Why.</param>
/// <param name="fault">What is to be done about it.</param>
public sealed class NotificationException(string message, NotificationFault fault) : Exception(message)
{
    public NotificationFault Fault => fault;

    /// <summary>When the receiver wants it again, if it says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Those of several receivers that it is to be sent to again, where the others have it; null: nobody has it.</summary>
    public IReadOnlyList<string>? Left { get; init; }
}

public enum NotificationFault
{
    /// <summary>It did not go, and may go later.</summary>
    Temporary,

    /// <summary>It will never go as it is.</summary>
    Permanent,

    /// <summary>It was on its way and no answer came that says whether it has arrived.</summary>
    Unclear,
}
