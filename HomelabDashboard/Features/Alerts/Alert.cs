namespace HomelabDashboard.Features.Alerts;

/// <summary>One message in the inbox of a user, or of everybody: a trouble from its opening to its end, or a piece of news.</summary>
public sealed class Alert
{
    public long Id { get; set; }

    public int? UserId { get; set; }

    public required AlertCategory Category { get; set; }

    public AlertLevel? Level { get; set; }

    public string? Title { get; set; }

    public required string Message { get; set; }

    public string? Source { get; set; }

    public string? Details { get; set; }

    public DateTime? ReadAt { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>What the trouble is known by while it goes on; null for news, which is over as soon as it is told.</summary>
    public string? Key { get; set; }

    public AlertState State { get; set; } = AlertState.Closed;

    /// <summary>How often it was said.</summary>
    public int Count { get; set; } = 1;

    public DateTime? LastSeenAt { get; set; }

    public DateTime? ClosedAt { get; set; }

    public DateTime? AcknowledgedAt { get; set; }

    public string? AcknowledgedBy { get; set; }

    public string? HostId { get; set; }

    /// <summary>The page of the dashboard where it is dealt with.</summary>
    public string? Href { get; set; }

    /// <summary>What helps, in the few words of a button; null where the page is all there is.</summary>
    public string? Action { get; set; }

    /// <summary>The page of the dashboard where <see cref="Action"/> is done.</summary>
    public string? ActionHref { get; set; }

    /// <summary>Nobody is notified before this time.</summary>
    public DateTime? NotifyAfter { get; set; }

    /// <summary>When it was decided who is notified of it; null: not yet.</summary>
    public DateTime? NotifiedAt { get; set; }

    /// <summary>The same of its end.</summary>
    public DateTime? ClosingNotifiedAt { get; set; }

    internal static Alert New(AlertSignal signal, DateTime now)
    {
        var row = new Alert
        {
            Category = signal.Category,
            Message = signal.Message,
            Source = signal.Source,
            UserId = signal.UserId,
            HostId = signal.HostId,
            NotifyAfter = signal.NotifyAfter,
            CreatedAt = now,
            LastSeenAt = now,
        };
        row.Describe(signal);
        return row;
    }

    /// <summary>Gives it the words of a signal.</summary>
    internal void Describe(AlertSignal signal) =>
        (Level, Title, Message, Details, Href, Action, ActionHref) =
        (signal.Level, signal.Title, signal.Message, signal.DetailsText(), signal.Href, signal.Action?.Words, signal.Action?.Href);

    /// <summary>The same without what is decided elsewhere: whether people were notified.</summary>
    internal Alert Copy()
    {
        var copy = (Alert)MemberwiseClone();
        (copy.NotifiedAt, copy.ClosingNotifiedAt) = (null, null);
        return copy;
    }
}
