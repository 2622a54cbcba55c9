namespace HomelabDashboard.Features.Automation;

/// <summary>How a run ended, in numbers; kept in <c>tasks.result_data</c>.</summary>
/// <param name="ExitCode">Of ansible-playbook; null when it was ended from here.</param>
/// <param name="Lines">Of the output, as kept.</param>
public sealed record RunResult(int? ExitCode, int Hosts, int Ok, int Changed, int Failed, int Unreachable, int Skipped, long Lines);
