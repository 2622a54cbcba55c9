using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Metrics;

/// <summary>How often figures are taken and how long they are kept; <c>Homelab:Metrics</c>.</summary>
public sealed class MetricsOptions
{
    [Range(0.1, 3600)]
    public double IntervalSeconds { get; set; } = 15;

    /// <summary>How often they are taken of a host while somebody looks at its page; never less often than otherwise.</summary>
    [Range(0.1, 3600)]
    public double WatchedIntervalSeconds { get; set; } = 5;

    /// <summary>How often what seldom changes (processor, system, disks, addresses) is read again.</summary>
    [Range(1, 86400)]
    public double FullIntervalSeconds { get; set; } = 300;

    /// <summary>How often the health of the disks and the packages that wait are read again.</summary>
    [Range(1, 604800)]
    public double CloserIntervalSeconds { get; set; } = 3600;

    /// <summary>Within which time after a host was connected that is read first, so that a lab that comes back together is no burden.</summary>
    [Range(0, 3600)]
    public double CloserSpreadSeconds { get; set; } = 120;

    /// <summary>
    /// How often readings are written to the database. Each host has its own place in the index, so one write a reading would
    /// cost some ten times the disk writes; whoever reads the table has what is waiting written first.
    /// </summary>
    [Range(0.1, 600)]
    public double WriteEverySeconds { get; set; } = 60;

    /// <summary>How long every reading is kept.</summary>
    [Range(1, 8760)]
    public int KeepRawHours { get; set; } = 48;

    /// <summary>How long minimum, mean and maximum of each 5 minutes are kept.</summary>
    [Range(1, 3650)]
    public int KeepFiveMinuteDays { get; set; } = 30;

    /// <summary>How long minimum, mean and maximum of each hour are kept.</summary>
    [Range(1, 36500)]
    public int KeepHourDays { get; set; } = 730;

    internal DateTime KeepRawFrom(DateTime now) => now - TimeSpan.FromHours(KeepRawHours);

    /// <summary>At the start of a day, so that a day's steps of a host go at once.</summary>
    internal DateTime KeepFiveMinutesFrom(DateTime now) => now.Date - TimeSpan.FromDays(KeepFiveMinuteDays);

    internal DateTime KeepHoursFrom(DateTime now) => now.Date - TimeSpan.FromDays(KeepHourDays);
}
