namespace HomelabDashboard.Features.Hosts;

/// <summary>A group of Ansible's that is more than a name: it is in other groups, or has variables.</summary>
public sealed class AnsibleGroup
{
    public required string Name { get; set; }

    /// <summary>The groups that it is directly in; no circles.</summary>
    public string[] Parents { get; set; } = [];

    /// <summary>Its variables as a JSON object, without secrets and without those that say how to connect; null for none.</summary>
    public string? Vars { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }
}
