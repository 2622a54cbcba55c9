namespace HomelabDashboard.Components.Shared;

/// <summary>A question before something that is not quick to undo.</summary>
/// <param name="Title">Names the target: <c>Delete nas?</c></param>
/// <param name="Consequence">What will be gone and what stays.</param>
/// <param name="Action">The verb on the button: <c>Delete host</c>.</param>
/// <param name="NameToType">Where data is lost: what must be typed first.</param>
public sealed record Confirmation(string Title, string Consequence, string Action, string? NameToType = null);
