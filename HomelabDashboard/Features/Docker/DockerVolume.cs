namespace HomelabDashboard.Features.Docker;

/// <summary>A volume as its engine last described it.</summary>
public sealed class DockerVolume
{
    public int Id { get; set; }

    public required string HostId { get; set; }

    public required string Name { get; set; }

    public string? Driver { get; set; }

    public string? Mountpoint { get; set; }

    public string? Scope { get; set; }

    public DateTime LastUpdateAt { get; set; }
}
