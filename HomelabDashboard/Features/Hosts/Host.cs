namespace HomelabDashboard.Features.Hosts;

/// <summary>A machine that is reached by SSH.</summary>
public sealed class Host
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string IpAddress { get; set; }

    /// <summary>1 to 65535.</summary>
    public int SshPort { get; set; } = 22;

    public string SshUser { get; set; } = "root";

    /// <summary>The host through which this one is reached; null for a direct connection.</summary>
    public string? ProxyJumpId { get; set; }

    /// <summary>The one host key that is accepted, as in an OpenSSH public key line (<c>ssh-ed25519 AAAA…</c>); null until a person approved it.</summary>
    public string? HostKey { get; set; }

    public DateTime? HostKeyApprovedAt { get; set; }

    public string? HostKeyApprovedBy { get; set; }

    public HostStatus Status { get; set; }

    /// <summary>Why the status is what it is, in words for a person; null when all is well.</summary>
    public string? StatusReason { get; set; }

    /// <summary>False: nothing connects to it, and its status is <see cref="HostStatus.Disabled"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Somebody works on it: it is shown so, and nobody is alerted.</summary>
    public bool Maintenance { get; set; }

    /// <summary>When the maintenance ends by itself, UTC; null: when somebody ends it.</summary>
    public DateTime? MaintenanceUntil { get; set; }

    public string? MaintenanceReason { get; set; }

    /// <summary>In lower case, in alphabetical order.</summary>
    public string[] Tags { get; set; } = [];

    public string? Notes { get; set; }

    /// <summary>From where on a percentage of this host is worth a look; null: as for all hosts.</summary>
    public int? WarnPercent { get; set; }

    /// <summary>From where on a percentage of this host needs somebody; null: as for all hosts.</summary>
    public int? CriticalPercent { get; set; }

    public string? AnsibleGroup { get; set; }

    /// <summary>Further Ansible groups that it is directly in.</summary>
    public string[] OtherGroups { get; set; } = [];

    /// <summary>Its own variables for Ansible, as a JSON object, without secrets and without those that say how to connect; null for none.</summary>
    public string? AnsibleVars { get; set; }

    public DateTime? LastSeen { get; set; }

    public bool Reachable { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public bool DockerEnabled { get; set; }

    public string? DockerVersion { get; set; }

    public DockerStatus? DockerStatus { get; set; }

    public DateTime? DockerLastCollectAt { get; set; }

    public void SetMaintenance(bool on, DateTime? until, string? reason)
    {
        Maintenance = on;
        MaintenanceUntil = on ? until : null;
        MaintenanceReason = on && !string.IsNullOrWhiteSpace(reason) ? reason.Trim() : null;
    }

    public void SetTags(IEnumerable<string> tags) =>
        Tags = [.. tags.Select(t => t.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
