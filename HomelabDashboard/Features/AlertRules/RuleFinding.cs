using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>What a rule has found of one thing that it watches.</summary>
/// <param name="Subject">Which one of the host's, such as a mount; empty where there is one only.</param>
/// <param name="Host">Null where it is about none.</param>
/// <param name="Value">In the unit of the kind; null where there is nothing to compare.</param>
/// <param name="IsBad">Of what is well or is not; null: that is not known.</param>
/// <param name="Detail">More of it for a person.</param>
internal sealed record RuleFinding(string Subject, HostSummary? Host, double? Value, bool? IsBad, string? Detail = null);
