namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>One step of preparing a host.</summary>
/// <param name="Step">Its word, such as <c>sign_in</c>.</param>
/// <param name="Status">How it ended, or that it runs.</param>
/// <param name="Message">What was found or done, or why it failed and what to do, for a person.</param>
/// <param name="At">UTC.</param>
public sealed record BootstrapStep(string Step, BootstrapState Status, string? Message, DateTime At);
