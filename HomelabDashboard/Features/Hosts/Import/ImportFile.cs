namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A text that was pasted or uploaded.</summary>
/// <param name="Name">As the browser told it, only ever compared and shown; empty for what was pasted.</param>
public sealed record ImportFile(string Name, string Text);
