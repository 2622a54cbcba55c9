namespace HomelabDashboard.Features.Docker;

/// <summary>A port of a container.</summary>
/// <param name="Ip">Where it is published on the host; null where it is not.</param>
/// <param name="Type"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record ContainerPort(string? Ip, int PrivatePort, int? PublicPort, string Type);

/// <summary>A container as pages and programs see it.</summary>
/// <param name="Id">The dashboard's own.</param>
/// <param name="ContainerId">The engine's.</param>
/// <param name="State">The engine's word, such as <c>running</c> or <c>exited</c>; <c>unknown</c> where it gave none.</param>
/// <param name="Status">The engine's sentence at the time it was asked, such as <c>Exited (137) 4 minutes ago</c>.</param>
/// <param name="Health">Null where there is no check.</param>
/// <param name="LastUpdateAt">When it was last read and something had changed, UTC.</param>
public sealed record ContainerSummary(
    int Id,
    string HostId,
    string ContainerId,
    string Name,
    string? Image,
    string State,
    string? Status,
    ContainerHealth? Health,
    DateTime? CreatedAt,
    IReadOnlyList<ContainerPort> Ports,
    IReadOnlyDictionary<string, string> Labels,
    string? ComposeProject,
    DateTime LastUpdateAt)
{
    /// <summary>The engine's id of its image, 64 hexadecimal digits; null where it is not known since the dashboard started.</summary>
    public string? ImageId { get; init; }

    /// <summary>UTC; null where it never ran, or is not known since the dashboard started.</summary>
    public DateTime? StartedAt { get; init; }

    /// <inheritdoc cref="StartedAt"/>
    public DateTime? FinishedAt { get; init; }

    /// <summary>Of its last run; null while it runs.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its last run was ended because the memory was full.</summary>
    public bool OomKilled { get; init; }

    public int RestartCount { get; init; }

    public string? ComposeService => Labels.GetValueOrDefault("com.docker.compose.service");

    /// <summary>It runs, be it paused, about to run again or about to end.</summary>
    public bool IsUp => IsUpIn(State);

    internal static bool IsUpIn(string state) => state is "running" or "paused" or "restarting" or "stopping";
}
