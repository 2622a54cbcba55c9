using System.Text.Json.Serialization;

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
    DateTime? DeletedAt)
{
    /// <summary>False: nothing connects to it, and its status is <see cref="HostStatus.Disabled"/>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Somebody works on it; ask <see cref="InMaintenance"/> whether that still holds.</summary>
    public bool Maintenance { get; init; }

    /// <summary>UTC; null: until somebody ends it.</summary>
    public DateTime? MaintenanceUntil { get; init; }

    public string? MaintenanceReason { get; init; }

    /// <summary>In lower case, in alphabetical order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Notes { get; init; }

    /// <summary>From where on a percentage is worth a look; null: as for all hosts.</summary>
    public int? WarnPercent { get; init; }

    /// <summary>From where on a percentage needs somebody; null: as for all hosts.</summary>
    public int? CriticalPercent { get; init; }

    /// <summary>Further Ansible groups that it is directly in.</summary>
    public IReadOnlyList<string> OtherGroups { get; init; } = [];

    /// <summary>Its own Ansible group, if any, and the further ones.</summary>
    [JsonIgnore]
    public IEnumerable<string> AllGroups => AnsibleGroup is { } own ? OtherGroups.Append(own) : OtherGroups;

    /// <summary>Whether nobody is to be alerted because of this host now.</summary>
    /// <param name="now">UTC.</param>
    public bool InMaintenance(DateTime now) => Maintenance && (MaintenanceUntil is not { } until || until > now);
}
