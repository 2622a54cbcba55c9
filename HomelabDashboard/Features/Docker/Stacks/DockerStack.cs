namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>A Compose project that was worked with from here, so that it can be brought up again when none of its containers is left to tell of it.</summary>
public sealed class DockerStack
{
    public int Id { get; set; }

    public required string HostId { get; set; }

    public required string Name { get; set; }

    public required string WorkingDir { get; set; }

    /// <summary>A list of paths.</summary>
    public required string ConfigFiles { get; set; }

    public string? EnvFile { get; set; }

    public DateTime LastUpdateAt { get; set; }
}
