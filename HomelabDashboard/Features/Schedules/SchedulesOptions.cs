using System.ComponentModel.DataAnnotations;

namespace HomelabDashboard.Features.Schedules;

/// <summary>The section <c>Homelab:Schedules</c>.</summary>
public sealed class SchedulesOptions
{
    /// <summary>How long after a failed run it is tried again for the first time; twice as long each time after that, half an hour at the most.</summary>
    [Range(1, 1800)]
    public int FirstRetrySeconds { get; set; } = 60;
}
