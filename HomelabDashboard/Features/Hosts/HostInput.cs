namespace HomelabDashboard.Features.Hosts;

/// <summary>What a person or program says of a host. Nothing in it is trusted before the host rules have seen it.</summary>
public sealed record HostInput
{
    public string? Name { get; init; }

    /// <summary>IPv4, IPv6 or DNS name.</summary>
    public string? IpAddress { get; init; }

    public int? SshPort { get; init; }

    public string? SshUser { get; init; }

    /// <summary>Id or name of the host to go through.</summary>
    public string? ProxyJump { get; init; }

    public string? AnsibleGroup { get; init; }

    public bool? DockerEnabled { get; init; }

    /// <summary>False: nothing connects to it.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Puts the host into maintenance, with the end and the reason that are given with it, or ends it.</summary>
    public bool? Maintenance { get; init; }

    /// <summary>UTC. Given alone, it puts the host into maintenance.</summary>
    public DateTime? MaintenanceUntil { get; init; }

    public string? MaintenanceReason { get; init; }

    /// <summary>All of them; an empty list takes them away.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public string? Notes { get; init; }

    /// <summary>1 to 100; 0 takes the host's own away.</summary>
    public int? WarnPercent { get; init; }

    /// <inheritdoc cref="WarnPercent"/>
    public int? CriticalPercent { get; init; }
}
