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
}
