namespace HomelabDashboard.Features.Automation;

/// <summary>How a run goes: its plays and tasks in order, and what each host made of them.</summary>
/// <param name="Hosts">In the order in which they came up.</param>
public sealed record RunTree(IReadOnlyList<RunPlay> Plays, IReadOnlyList<RunHost> Hosts)
{
    public static readonly RunTree Empty = new([], []);

    public IEnumerable<RunTask> Tasks => Plays.SelectMany(p => p.Tasks);
}

public sealed record RunPlay(string Name, IReadOnlyList<RunTask> Tasks);

/// <param name="Results">By the host's place in <see cref="RunTree.Hosts"/>; null where it has nothing of this task (yet).</param>
/// <param name="Line">Of the output, where the task begins.</param>
/// <param name="Duration">From its begin to the last result so far, summed up over the batches of hosts; null before that.</param>
public sealed record RunTask(string Name, string Action, bool Handler, long Line, TimeSpan? Duration, IReadOnlyList<RunCell?> Results)
{
    /// <summary>The worst of the hosts' results; null before the first.</summary>
    public RunState? State => Results.Max(r => r?.State);
}

/// <param name="HostId">Null for one that is not of the dashboard's, such as localhost.</param>
/// <param name="Busy">How long its tasks took together.</param>
/// <param name="FailedTask">Where it failed or could not be reached; null where it did not.</param>
/// <param name="Message">Why, in Ansible's words.</param>
public sealed record RunHost(string Name, string? HostId, TimeSpan Busy, RunCounts Counts, string? FailedTask, string? Message);

/// <summary>One task on one host.</summary>
/// <param name="Line">Of the output, where its result stands.</param>
public sealed record RunCell(RunState State, int? Milliseconds, long Line, string? Message);

public sealed record RunCounts(int Ok, int Changed, int Failed, int Unreachable, int Skipped, int Rescued, int Ignored)
{
    public bool IsFailed => Failed + Unreachable > 0;
}

/// <summary>In the order of what one wants to hear of first, the last.</summary>
public enum RunState
{
    Skipped,
    Ok,
    Ignored,
    Rescued,
    Changed,
    Running,
    Failed,
    Unreachable,
}
