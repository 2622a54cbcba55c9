namespace HomelabDashboard.Features.Hosts;

/// <summary>A host as pages and programs see it.</summary>
/// <param name="IpAddress">IPv4, IPv6 or DNS name.</param>
/// <param name="ProxyJump">Id of the host through which this one is reached.</param>
/// <param name="DockerStatus">Null before Docker was looked at for the first time.</param>
/// <param name="DockerLastCollectAt">UTC.</param>
/// <param name="StatusReason">Why the status is what it is and what to do, in words; null when all is well.</param>
/// <param name="HostKeyApproved">Whether a host key is pinned; nothing connects before that.</param>
/// <param name="LastSeen">When the host last answered, UTC; null: never.</param>
public sealed record HostSummary(
    string Id,
    string Name,
    string IpAddress,
    int SshPort,
    string SshUser,
    string? ProxyJump,
    string? AnsibleGroup,
    bool DockerEnabled,
    string? DockerVersion,
    DockerStatus? DockerStatus,
    DateTime? DockerLastCollectAt,
    HostStatus Status,
    string? StatusReason,
    bool Reachable,
    bool HostKeyApproved,
    DateTime? LastSeen,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? DeletedAt);
