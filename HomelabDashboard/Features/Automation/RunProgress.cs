using HomelabDashboard.Infrastructure.Ansible;

namespace HomelabDashboard.Features.Automation;

/// <summary>Makes a run's tree from its events, as they come or from their file. One thread tells, any may look.</summary>
/// <param name="hostIds">The ids of the dashboard's hosts by the names that they have in the inventory.</param>
internal sealed class RunProgress(IReadOnlyDictionary<string, string> hostIds)
{
    internal const int MostTasks = 2000;
    internal const int MostHosts = 1000;

    private readonly Lock _gate = new();
    private readonly List<(string Name, List<Task> Tasks)> _plays = [];
    private readonly HashSet<string> _playIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.Ordinal);
    private readonly List<Host> _order = [];
    private RunTree? _tree;
    private Task? _current;

    /// <summary>Of a run that nobody works on, from what was kept of it.</summary>
    /// <param name="path">Of its events; there may be none.</param>
    /// <param name="hostIds">As of the constructor.</param>
    public static async System.Threading.Tasks.Task<RunProgress> ReadAsync(string path, IReadOnlyDictionary<string, string> hostIds, CancellationToken cancellationToken)
    {
        var progress = new RunProgress(hostIds);
        if (File.Exists(path))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            await LineReader.ReadAsync(
                file,
                line =>
                {
                    if (RunEvent.Parse(line) is { } told)
                    {
                        progress.Take(told);
                    }
                },
                cancellationToken);
        }

        return progress;
    }

    /// <summary>Grows with every change.</summary>
    public long Version { get; private set; }

    /// <summary>Whether Ansible got as far as the first play.</summary>
    public bool Begun { get; private set; }

    /// <summary>Whether there were more tasks or hosts than the tree holds.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether a play found no host to work on.</summary>
    public bool NoHosts { get; private set; }

    public int Hosts => _order.Count;

    public int HostsFailed { get; private set; }

    /// <summary>What it does now.</summary>
    public string? Now => _current?.Name;

    public void Take(RunEvent told)
    {
        lock (_gate)
        {
            _tree = null;
            Version++;
            switch (told)
            {
                case { E: "play" }:
                    // One that goes through its hosts in batches (serial) is told of once for each.
                    Begun = true;
                    if (told.Id is null || _playIds.Add(told.Id))
                    {
                        _plays.Add((told.Name ?? "", []));
                    }

                    break;
                case { E: "no_hosts" }:
                    NoHosts = true;
                    break;
                case { E: "task", Id: { } id }:
                    Begin(id, told);
                    break;
                case { E: "start", Host: { } name, Task: { } task } when _tasks.TryGetValue(task, out var known) && HostOf(name) is { } host:
                    known.Results[host] = new RunCell(RunState.Running, null, told.Line ?? 0, null);
                    break;
                case { E: "result", Host: { } name, Task: { } task } when HostOf(name) is { } host:
                    End(_tasks.GetValueOrDefault(task), host, told);
                    break;
                case { E: "stats", Hosts: { } recap }:
                    foreach (var (name, counts) in recap)
                    {
                        HostOf(name)?.Recap = new RunCounts(counts.Ok, counts.Changed, counts.Failures, counts.Unreachable, counts.Skipped, counts.Rescued, counts.Ignored);
                    }

                    HostsFailed = _order.Count(h => h.Counts.IsFailed);
                    break;
                default:
                    break;
            }
        }
    }

    /// <param name="isOver">Nothing runs any more: what had no result gets none.</param>
    public RunTree Tree(bool isOver = false)
    {
        lock (_gate)
        {
            if (isOver)
            {
                foreach (var task in _tasks.Values)
                {
                    foreach (var (host, _) in task.Results.Where(r => r.Value.State == RunState.Running).ToList())
                    {
                        task.Results.Remove(host);
                    }
                }
            }

            return _tree ??= new RunTree(
                [.. _plays.Select(p => new RunPlay(p.Name, [.. p.Tasks.Select(t => t.ToRecord(_order))]))],
                [.. _order.Select(h => new RunHost(h.Name, hostIds.GetValueOrDefault(h.Name), TimeSpan.FromMilliseconds(h.Busy), h.Counts, h.FailedTask, h.Message))]);
        }
    }

    private void Begin(string id, RunEvent told)
    {
        if (_tasks.TryGetValue(id, out _current))
        {
            _current.BeginAgain(told.At);
            return;
        }

        if (_tasks.Count >= MostTasks)
        {
            IsCut = true;
            return;
        }

        if (_plays.Count == 0)
        {
            _plays.Add(("", []));
        }

        _tasks[id] = _current = new Task(told.Name ?? "", told.Action ?? "", told.Handler is true, told.At, told.Line ?? 0);
        _plays[^1].Tasks.Add(_current);
    }

    /// <param name="task">Null for one that is not in the tree.</param>
    private void End(Task? task, Host host, RunEvent told)
    {
        var state = told.Status switch
        {
            "ok" => RunState.Ok,
            "changed" => RunState.Changed,
            "failed" => RunState.Failed,
            "unreachable" => RunState.Unreachable,
            "ignored" => RunState.Ignored,
            "rescued" => RunState.Rescued,
            _ => RunState.Skipped,
        };
        if (task is not null)
        {
            task.Results[host] = new RunCell(state, told.Ms, told.Line ?? 0, told.Msg);
            task.End(told.At);
        }

        host.Add(state, told.Ms ?? 0);
        if (state is RunState.Failed or RunState.Unreachable)
        {
            (host.FailedTask, host.Message) = (task?.Name, told.Msg);
            HostsFailed = _order.Count(h => h.Counts.IsFailed);
        }
    }

    private Host? HostOf(string name)
    {
        if (_hosts.TryGetValue(name, out var host))
        {
            return host;
        }

        if (_order.Count >= MostHosts)
        {
            IsCut = true;
            return null;
        }

        _hosts[name] = host = new Host(name);
        _order.Add(host);
        return host;
    }

    private sealed class Task(string name, string action, bool handler, double begun, long line)
    {
        private double _begun = begun;
        private double? _ended;
        private double? _earlier;

        public string Name => name;

        public Dictionary<Host, RunCell> Results { get; } = [];

        public void End(double at) => _ended = at;

        /// <summary>For the next batch of hosts; what other tasks did in between does not count.</summary>
        public void BeginAgain(double at)
        {
            if (_ended is not null)
            {
                (_earlier, _ended, _begun) = (Seconds(), null, at);
            }
        }

        public RunTask ToRecord(IReadOnlyList<Host> hosts) => new(
            name, action, handler, line, Seconds() is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            [.. hosts.Select(h => Results.GetValueOrDefault(h))]);

        private double? Seconds() => _ended is { } end ? (_earlier ?? 0) + Math.Max(0, end - _begun) : _earlier;
    }

    private sealed class Host(string name)
    {
        private RunCounts _counts = new(0, 0, 0, 0, 0, 0, 0);

        public string Name => name;

        public long Busy { get; private set; }

        public RunCounts? Recap { get; set; }

        public RunCounts Counts => Recap ?? _counts;

        public string? FailedTask { get; set; }

        public string? Message { get; set; }

        public void Add(RunState state, int milliseconds)
        {
            Busy += milliseconds;
            _counts = state switch
            {
                RunState.Ok => _counts with { Ok = _counts.Ok + 1 },
                RunState.Changed => _counts with { Ok = _counts.Ok + 1, Changed = _counts.Changed + 1 },
                RunState.Failed => _counts with { Failed = _counts.Failed + 1 },
                RunState.Unreachable => _counts with { Unreachable = _counts.Unreachable + 1 },
                RunState.Ignored => _counts with { Ok = _counts.Ok + 1, Ignored = _counts.Ignored + 1 },
                RunState.Rescued => _counts with { Rescued = _counts.Rescued + 1 },
                _ => _counts with { Skipped = _counts.Skipped + 1 },
            };
        }
    }
}
