namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>The last attempt to prepare a host.</summary>
/// <param name="ErrorMessage">Which step failed and what to do, for a person.</param>
/// <param name="Steps">In order, up to the one that runs or failed.</param>
public sealed record BootstrapRecord(
    string HostId, BootstrapState Status, string AutomationUser, DateTime LastAttempt, string? ErrorMessage, IReadOnlyList<BootstrapStep> Steps);
