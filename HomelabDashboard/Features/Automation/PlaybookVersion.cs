namespace HomelabDashboard.Features.Automation;

/// <summary>A playbook as it once was. The last 50 of each file are kept.</summary>
public sealed class PlaybookVersion
{
    public int Id { get; set; }

    public required string Filename { get; set; }

    public required string Content { get; set; }

    /// <summary>SHA-256 of the content in hexadecimal digits: its ETag.</summary>
    public required string ContentHash { get; set; }

    /// <summary>Null: found so in the folder.</summary>
    public string? SavedBy { get; set; }

    public DateTime CreatedAt { get; set; }
}
