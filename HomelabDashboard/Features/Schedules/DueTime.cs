namespace HomelabDashboard.Features.Schedules;

/// <summary>One time at which a schedule is due.</summary>
/// <param name="At">UTC.</param>
/// <param name="Skipped">The local time that it stands for, which that day has not, because the clocks are set forward over it; null on all other days.</param>
public readonly record struct DueTime(DateTime At, DateTime? Skipped = null);
