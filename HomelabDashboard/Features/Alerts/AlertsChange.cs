namespace HomelabDashboard.Features.Alerts;

/// <summary>Something about the alerts has changed.</summary>
/// <param name="Version">Another one each time.</param>
public sealed record AlertsChange(int Version);
