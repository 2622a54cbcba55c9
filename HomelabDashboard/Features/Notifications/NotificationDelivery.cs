namespace HomelabDashboard.Features.Notifications;

/// <summary>That a channel is to tell of one alert, and how that went: the outbox and its log.</summary>
public sealed class NotificationDelivery
{
    public long Id { get; set; }

    public required int ChannelId { get; set; }

    /// <summary>Null for a test, and after the alert is gone.</summary>
    public long? AlertId { get; set; }

    public required DeliveryEvent Event { get; set; }

    /// <summary>What it says, in short; it stays readable after the alert is gone.</summary>
    public required string Title { get; set; }

    public DeliveryState State { get; set; }

    public int Attempts { get; set; }

    /// <summary>Not before this time; null once it has ended.</summary>
    public DateTime? NextAt { get; set; }

    /// <summary>The mail addresses that it is still to go to, where others have it; null: all of the channel's.</summary>
    public List<string>? Left { get; set; }

    /// <summary>Why it did not go, in words; of one that was sent, whom it did not reach.</summary>
    public string? Error { get; set; }

    /// <summary>How many alerts the one message told of; null while it was not sent.</summary>
    public int? DigestOf { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>When it first reached somebody.</summary>
    public DateTime? SentAt { get; set; }
}

public enum DeliveryEvent
{
    Opened,
    Closed,
    Test,

    /// <summary>It goes on, and a long time has passed since it was told.</summary>
    Reminder,
}

public enum DeliveryState
{
    Pending,

    /// <summary>It is on its way; written before the first byte is sent.</summary>
    Sending,
    Sent,
    Failed,

    /// <summary>It was on its way when the dashboard was ended or the connection broke, or only some services behind the receiver took it: it may have arrived, and is not sent again.</summary>
    Unclear,

    /// <summary>It was over, or somebody saw to it, before it could be sent.</summary>
    Skipped,
}
