namespace HomelabDashboard.Features.Accounts;

/// <summary>Somebody who may sign in.</summary>
public sealed class User
{
    public int Id { get; set; }

    public required string Username { get; set; }

    public string? Email { get; set; }

    public required string HashedPassword { get; set; }

    public UserRole Role { get; set; }

    public bool IsActive { get; set; } = true;

    /// <summary>Says for programs that read the table what <see cref="Role"/> says: true for an admin.</summary>
    public bool IsSuperuser { get; set; }

    public string? DisplayName { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? LastLogin { get; set; }

    public DateTime? PasswordChangedAt { get; set; }

    public DateTime? DeletedAt { get; set; }
}
