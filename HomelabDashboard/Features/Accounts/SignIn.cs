namespace HomelabDashboard.Features.Accounts;

/// <summary>A browser that is signed in. Taking the row away ends it, wherever its cookie is.</summary>
public sealed class SignIn
{
    public required string Id { get; set; }

    public int UserId { get; set; }

    /// <summary>Where it came from, as the dashboard saw it; null where that is not known.</summary>
    public string? Address { get; set; }

    public string? UserAgent { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime LastSeenAt { get; set; }

    /// <summary>When it ends, however often it is used.</summary>
    public DateTime ExpiresAt { get; set; }
}
