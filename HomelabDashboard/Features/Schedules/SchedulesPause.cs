namespace HomelabDashboard.Features.Schedules;

/// <summary>Whether all schedules are paused; kept in the setting <c>schedules.pause</c>.</summary>
/// <param name="By">Who paused them.</param>
public sealed record SchedulesPause(bool Paused, string? By = null, DateTime? Since = null);
