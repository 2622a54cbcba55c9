namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>A rule as a session has it from its start on.</summary>
public sealed record ActiveRule(string Pattern, string Reason);
