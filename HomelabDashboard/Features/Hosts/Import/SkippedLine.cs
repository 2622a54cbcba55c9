namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Something in a text that was left out.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Reason">Why, in words for a person; never a variable's value.</param>
/// <param name="File">The uploaded file in which the line stands; empty for pasted text.</param>
public sealed record SkippedLine(int Line, string Reason, string File = "");
