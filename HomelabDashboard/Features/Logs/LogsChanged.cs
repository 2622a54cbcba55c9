namespace HomelabDashboard.Features.Logs;

/// <summary>Lines were written.</summary>
/// <param name="LastId">The id of the newest one.</param>
public sealed record LogsChanged(long LastId);
