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

    public string? AnsibleGroup { get; set; }

    public DateTime? LastSeen { get; set; }

    public bool Reachable { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public bool DockerEnabled { get; set; }

    public string? DockerVersion { get; set; }

    public DockerStatus? DockerStatus { get; set; }

    public DateTime? DockerLastCollectAt { get; set; }
}
