using System.Globalization;
using System.Text.Json.Nodes;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>
/// Puts what a text says beside the hosts that are there, and into their rows. A host is known by its name; one that has the address,
/// port and user of another is not made a second time.
/// </summary>
internal sealed class ImportPlanner
{
    private const int LongestChain = 5;

    /// <summary>Of all variables together, so that a range of many hosts cannot fill the database.</summary>
    private const int LongestVars = 16 * 1024 * 1024;

    private readonly ImportRequest _request;
    private readonly ParsedImport _parsed;
    private readonly Dictionary<string, Host> _rows;
    private readonly Dictionary<string, Host> _rowsById;
    private readonly Dictionary<(string Address, int Port, string User), string> _places = [];
    private readonly Dictionary<string, Draft> _drafts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SkippedLine> _skipped;
    private readonly Dictionary<(string Name, string Reason), (SkippedLine First, int Count)> _leftOut = [];

    /// <param name="hosts">The rows of all hosts; those that the text names are changed.</param>
    public ImportPlanner(ImportRequest request, ParsedImport parsed, IEnumerable<Host> hosts)
    {
        _request = request;
        _parsed = parsed;
        _skipped = [.. parsed.Skipped];
        _rows = hosts.ToDictionary(h => h.Name, StringComparer.OrdinalIgnoreCase);
        _rowsById = _rows.Values.ToDictionary(h => h.Id, StringComparer.Ordinal);
        foreach (var row in _rows.Values)
        {
            _places.TryAdd(Place(row.IpAddress, row.SshPort, row.SshUser), row.Name);
        }
    }

    /// <summary>After <see cref="Run"/>: the rows that are to be added.</summary>
    public IEnumerable<Host> Created => _drafts.Values.Where(d => d.IsNew).Select(d => d.Row);

    /// <summary>After <see cref="Run"/>: the groups that are to be added.</summary>
    public List<AnsibleGroup> CreatedGroups { get; } = [];

    /// <param name="groups">The rows of all groups; those that the text names are changed.</param>
    /// <returns><c>VALIDATION_FAILED</c> when it is too much.</returns>
    public Result<ImportPlan> Run(IEnumerable<AnsibleGroup> groups)
    {
        foreach (var host in _parsed.Hosts)
        {
            Take(host);
        }

        ResolveWays();
        var planned = new List<PlannedHost>();
        var vars = 0L;
        foreach (var draft in _drafts.Values)
        {
            planned.Add(Apply(draft));
            if ((vars += draft.Row.AnsibleVars?.Length ?? 0) > LongestVars)
            {
                return Problem.Invalid("content", "Its variables are more than 16 MiB together. Import it in parts.");
            }
        }

        var rows = groups.ToDictionary(g => g.Name, StringComparer.Ordinal);
        var changedGroups = _parsed.Groups.Count(g => Apply(g, rows));
        _skipped.AddRange(_leftOut.Values.Select(l => l.Count == 1 ? l.First : l.First with { Reason = $"{l.First.Reason[..^1]} ({l.Count} times)." }));
        return new ImportPlan(planned, changedGroups, [.. _skipped.OrderBy(s => s.File, StringComparer.Ordinal).ThenBy(s => s.Line)]);
    }

    private void Take(ImportedHost host)
    {
        var row = _rows.GetValueOrDefault(host.Name);
        var draft = new Draft
        {
            Text = host,
            IsNew = row is null,
            Row = row ?? new Host { Id = ShortId.New(), Name = host.Name, IpAddress = host.Name, SshUser = _request.DefaultUser ?? "root" },
        };
        var errors = HostRules.Check(new HostInput { Name = host.Name, IpAddress = draft.Address, SshPort = draft.Port, SshUser = draft.User });
        if (host.Unusable is { } unusable)
        {
            Skip(host, unusable);
        }
        else if (errors.Count > 0)
        {
            Skip(host, string.Join(" ", errors.SelectMany(e => e.Value)));
        }
        else if (_drafts.ContainsKey(host.Name))
        {
            Skip(host, "A host of this name stands above.");
        }
        else if (!_places.TryAdd(draft.Place, host.Name) && _places[draft.Place] is var twin && !Same(twin, host.Name)
            && (row is null || draft.Place != Place(row.IpAddress, row.SshPort, row.SshUser)))
        {
            Skip(host, $"{twin} has the same address, port and user.");
        }
        else
        {
            _drafts.Add(host.Name, draft);
        }
    }

    /// <summary>Finds everybody's jump host. Who has none that is here is left out, and then those who were to go through them.</summary>
    private void ResolveWays()
    {
        for (var again = true; again;)
        {
            var faults = new List<(Draft Draft, string Why)>();
            foreach (var draft in _drafts.Values)
            {
                draft.Jump = draft.Text.Jumps switch
                {
                    null => draft.Row.ProxyJumpId is { } id && _rowsById.TryGetValue(id, out var row) ? row.Name : null,
                    [] => null,
                    [.., var last] => Find(last),
                };
            }

            foreach (var draft in _drafts.Values)
            {
                if (Fault(draft) is { } why)
                {
                    faults.Add((draft, why));
                }
            }

            foreach (var (draft, why) in faults)
            {
                _drafts.Remove(draft.Text.Name);
                Skip(draft.Text, why);
            }

            again = faults.Count > 0;
        }
    }

    private string? Fault(Draft draft)
    {
        string? before = null;
        foreach (var hop in draft.Text.Jumps ?? [])
        {
            if (Find(hop) is not { } name)
            {
                return $"Its jump host {Words.Shown(hop)} is not here with that name, user and port. Add it first.";
            }

            if (before is not null && !Same(JumpOf(name), before))
            {
                return $"It goes through {before} and then {name}, but {name} is not itself reached through {before} here.";
            }

            before = name;
        }

        var hops = 0;
        for (var hop = draft.Jump; hop is not null; hop = JumpOf(hop))
        {
            if (Same(hop, draft.Text.Name))
            {
                return "Its way leads back to itself.";
            }

            if (++hops > LongestChain)
            {
                return $"Its way has more than {LongestChain} jump hosts.";
            }
        }

        return null;
    }

    private string? JumpOf(string name) =>
        _drafts.TryGetValue(name, out var draft) ? draft.Jump
        : _rows.TryGetValue(name, out var row) && row.ProxyJumpId is { } id ? _rowsById.GetValueOrDefault(id)?.Name
        : null;

    /// <summary>The host that a hop (<c>[ssh://][user@]host[:port]</c>) means: by its name, or by its address.</summary>
    private string? Find(string hop)
    {
        var text = hop.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase) ? hop[6..] : hop;
        var at = text.LastIndexOf('@');
        var user = at < 0 ? null : text[..at];
        var host = text[(at + 1)..];
        int? port = null;
        if (host.LastIndexOf(':') is > 0 and var colon && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']'))
        {
            port = int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            host = host[..colon];
        }

        host = host.Trim('[', ']');
        var named = _drafts.TryGetValue(host, out var draft) ? (draft.Text.Name, draft.Port, draft.User)
            : _rows.TryGetValue(host, out var row) ? (row.Name, row.SshPort, row.SshUser)
            : default;
        if (named.Item1 is not null)
        {
            return (port ?? named.Item2) == named.Item2 && (user ?? named.Item3) == named.Item3 ? named.Item1 : null;
        }

        bool Is(string address, int itsPort, string itsUser) =>
            string.Equals(address, host, StringComparison.OrdinalIgnoreCase) && itsPort == (port ?? 22) && (user ?? itsUser) == itsUser;
        return _drafts.Values.FirstOrDefault(d => Is(d.Address, d.Port, d.User))?.Text.Name
            ?? _rows.Values.FirstOrDefault(r => Is(r.IpAddress, r.SshPort, r.SshUser))?.Name;
    }

    private PlannedHost Apply(Draft draft)
    {
        var (text, row) = (draft.Text, draft.Row);
        var changes = new List<PlannedChange>();
        Change("ip_address", row.IpAddress, draft.Address, v => row.IpAddress = v!);
        Change("ssh_port", Number(row.SshPort), Number(draft.Port), _ => row.SshPort = draft.Port);
        Change("ssh_user", row.SshUser, draft.User, v => row.SshUser = v!);
        if (text.Jumps is not null)
        {
            var before = row.ProxyJumpId is { } id ? _rowsById.GetValueOrDefault(id)?.Name : null;
            var jump = draft.Jump is null ? null : _drafts.TryGetValue(draft.Jump, out var other) ? other.Row : _rows[draft.Jump];
            Change("proxy_jump", before, jump?.Name, _ => row.ProxyJumpId = jump!.Id, () => row.ProxyJumpId = null);
        }

        if (_request.Format != ImportFormat.SshConfig)
        {
            SetGroups(text, row, Change);
            var kept = AnsibleVars.Keep(text.Vars, (name, reason) => LeaveOut($"variable {Words.Shown(name)}", reason, text.Line, text.File));
            if (kept != row.AnsibleVars)
            {
                var (before, after) = (VarNames(row.AnsibleVars), VarNames(kept));
                Change("ansible_vars", before, before == after ? $"{after} (other values)" : after, _ => row.AnsibleVars = kept, () => row.AnsibleVars = null);
            }
        }

        string[] groups = row.AnsibleGroup is { } primary ? [primary, .. row.OtherGroups] : row.OtherGroups;
        return new PlannedHost(
            draft.IsNew ? null : row.Id, row.Name, row.IpAddress, row.SshPort, row.SshUser, draft.Jump, groups, VarCount(row.AnsibleVars),
            text.IdentityFiles, draft.IsNew ? [] : changes, text.Line, text.File);

        void Change(string field, string? before, string? after, Action<string?> set, Action? clear = null)
        {
            if (before != after)
            {
                changes.Add(new(field, before, after));
                if (after is null && clear is not null)
                {
                    clear();
                }
                else
                {
                    set(after);
                }
            }
        }
    }

    private void SetGroups(ImportedHost text, Host row, Action<string, string?, string?, Action<string?>, Action?> change)
    {
        foreach (var group in text.Groups.Where(g => !HostRules.IsGroup(g)))
        {
            LeaveOut($"group {Words.Shown(group)}", "is left out: a group has 1 to 50 letters, digits, hyphens and underscores", text.Line, text.File);
        }

        var groups = text.Groups.Where(HostRules.IsGroup).ToList();
        if (groups.Count == 0)
        {
            return;
        }

        var primary = row.AnsibleGroup is { } own && groups.Contains(own) ? own : groups[0];
        var others = groups.Where(g => g != primary).Order(StringComparer.Ordinal).ToArray();
        change("ansible_group", row.AnsibleGroup, primary, v => row.AnsibleGroup = v, null);
        change("other_groups", Joined(row.OtherGroups), Joined(others), _ => row.OtherGroups = others, () => row.OtherGroups = []);
    }

    /// <summary>
    /// The text's word on a group's parents replaces what was known. As every group that it names as a parent is named by it, and it has
    /// no circles of its own, none can come to be.
    /// </summary>
    /// <returns>Whether the group is other than it was.</returns>
    private bool Apply(ImportedGroup group, Dictionary<string, AnsibleGroup> rows)
    {
        if (!HostRules.IsGroup(group.Name))
        {
            LeaveOut($"group {Words.Shown(group.Name)}", "is left out: a group has 1 to 50 letters, digits, hyphens and underscores", group.Line, "");
            return false;
        }

        var parents = group.Parents.Where(HostRules.IsGroup).Order(StringComparer.Ordinal).ToArray();
        var vars = AnsibleVars.Keep(group.Vars, (name, reason) => LeaveOut($"variable {Words.Shown(name)}", reason, group.Line, ""));
        if (!rows.TryGetValue(group.Name, out var row))
        {
            if (parents.Length == 0 && vars is null)
            {
                return false;
            }

            rows[group.Name] = row = new AnsibleGroup { Name = group.Name };
            CreatedGroups.Add(row);
        }

        if (row.Parents.SequenceEqual(parents) && row.Vars == vars)
        {
            return false;
        }

        (row.Parents, row.Vars) = (parents, vars);
        return true;
    }

    private void LeaveOut(string what, string reason, int line, string file)
    {
        var first = new SkippedLine(line, $"The {what} {reason}.", file);
        _leftOut[(what, reason)] = _leftOut.TryGetValue((what, reason), out var before) ? (before.First, before.Count + 1) : (first, 1);
    }

    private void Skip(ImportedHost host, string reason) => _skipped.Add(new(host.Line, $"{Words.Shown(host.Name)}: {reason}", host.File));

    private static (string Address, int Port, string User) Place(string address, int port, string user) => (address.ToLowerInvariant(), port, user);

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Joined(string[] words) => words.Length == 0 ? null : string.Join(", ", words);

    private static string? VarNames(string? vars) => vars is null ? null : Joined([.. JsonNode.Parse(vars)!.AsObject().Select(v => v.Key)]);

    private static int VarCount(string? vars) => vars is null ? 0 : JsonNode.Parse(vars)!.AsObject().Count;

    /// <summary>A host of the text that may become a row, with what the row will hold.</summary>
    private sealed class Draft
    {
        public required ImportedHost Text { get; init; }

        public required Host Row { get; init; }

        public required bool IsNew { get; init; }

        /// <summary>The name of the host to go through.</summary>
        public string? Jump { get; set; }

        public string Address => Text.Address ?? Row.IpAddress;

        public int Port => Text.Port ?? Row.SshPort;

        public string User => Text.User ?? Row.SshUser;

        public (string Address, int Port, string User) Place => ImportPlanner.Place(Address, Port, User);
    }
}
