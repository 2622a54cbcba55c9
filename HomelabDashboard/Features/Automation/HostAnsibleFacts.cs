namespace HomelabDashboard.Features.Automation;

/// <summary>What a playbook last gathered about a host.</summary>
public sealed class HostAnsibleFacts
{
    public required string HostId { get; set; }

    /// <summary>A choice of Ansible's facts as a JSON object, without the prefix <c>ansible_</c>.</summary>
    public required string Facts { get; set; }

    public DateTime GatheredAt { get; set; }

    /// <summary>The run that gathered them; it may be gone by now.</summary>
    public required string TaskId { get; set; }
}
