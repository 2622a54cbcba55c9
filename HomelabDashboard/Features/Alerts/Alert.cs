namespace HomelabDashboard.Features.Alerts;

/// <summary>One message in the inbox of a user, or of everybody.</summary>
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
}
