namespace HomelabDashboard.Features.Metrics;

/// <summary>How much room there was on one filesystem of a host in one hour: what tells when it will be full.</summary>
public sealed class FilesystemHour
{
    public required string HostId { get; set; }

    /// <summary>Unix seconds, a multiple of 3600.</summary>
    public required long Start { get; set; }

    public required string Mount { get; set; }

    /// <summary>How many readings there were.</summary>
    public int Count { get; set; }

    /// <summary>What users could still write, in mebibytes: the mean of the readings.</summary>
    public long AvailableMb { get; set; }
}
