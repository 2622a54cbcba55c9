namespace HomelabDashboard.Features.Terminals;

/// <summary>What does not change while a session lives.</summary>
public sealed record SessionInfo
{
    public required string Id { get; init; }

    public required string HostId { get; init; }

    public required string HostName { get; init; }

    public required string HostIp { get; init; }

    /// <summary>The id in docker_containers of the container that it is inside of; null: on the host itself.</summary>
    public int? ContainerId { get; init; }

    public string? ContainerName { get; init; }

    public required int UserId { get; init; }

    public required string Username { get; init; }

    public required SessionMode Mode { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>How long it may live from its creation on, unless it is extended.</summary>
    public required TimeSpan Lifetime { get; init; }
}
