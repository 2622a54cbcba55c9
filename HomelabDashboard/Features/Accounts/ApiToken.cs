namespace HomelabDashboard.Features.Accounts;

/// <summary>A token with which a program acts for a user. Only its hash is kept.</summary>
public sealed class ApiToken
{
    public required string Id { get; set; }

    public int UserId { get; set; }

    public required string Name { get; set; }

    /// <summary>SHA-256 of the token, in lower-case hex.</summary>
    public required string TokenHash { get; set; }

    /// <summary>Scopes, separated by single spaces.</summary>
    public required string Scopes { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public DateTime? LastUsedAt { get; set; }
}
