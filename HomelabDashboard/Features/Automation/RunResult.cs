namespace HomelabDashboard.Features.Automation;

/// <summary>How a run ended, in numbers; kept in <c>tasks.result_data</c>.</summary>
/// <param name="ExitCode">Of ansible-playbook; null when it was ended from here.</param>
/// <param name="Hosts">How many it touched.</param>
/// <param name="Changed">On how many of them it changed something.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Unreachable">How many could not be reached.</param>
/// <param name="Lines">Of the output, as kept.</param>
/// <param name="TreeCut">See <see cref="RunRecord.TreeCut"/>.</param>
public sealed record RunResult(int? ExitCode, int Hosts, int Changed, int Failed, int Unreachable, long Lines, bool TreeCut = false);
