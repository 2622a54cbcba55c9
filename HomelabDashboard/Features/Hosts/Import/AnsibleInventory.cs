using System.Text.Json.Nodes;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>
/// Hosts, groups and their variables as an inventory builds them up, line by line, with Ansible's own rules: groups of groups
/// without circles, variables of nearer groups over those of farther ones, a host's own over all.
/// </summary>
internal sealed class AnsibleInventory
{
    public const string All = "all";
    public const string Ungrouped = "ungrouped";

    /// <summary>How often a host may be named in groups, over all hosts.</summary>
    private const int MostMemberships = 100_000;

    private const int MostParents = 10_000;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal)
    {
        [All] = new(All, 1),
        [Ungrouped] = new(Ungrouped, 1),
    };

    private readonly Dictionary<string, Member> _hosts = new(StringComparer.Ordinal);
    private int _memberships;
    private int _parents;

    public bool Has(string group) => _groups.ContainsKey(group);

    public void AddGroup(string name, int line)
    {
        if (_groups.TryAdd(name, new(name, line)) && _groups.Count > ImportLimits.Groups)
        {
            throw new ImportException(line, $"There are more than {ImportLimits.Groups} groups.");
        }
    }

    public void AddChild(string parent, string child, int line)
    {
        if (child == parent || child == All)
        {
            throw new ImportException(line, $"The group {Words.Shown(child)} would be in itself.");
        }

        var (above, below) = (_groups[parent], _groups[child]);
        if (below.Parents.Contains(above))
        {
            return;
        }

        if (above.IsUnder(below, []))
        {
            throw new ImportException(line, $"The group {Words.Shown(child)} would be in itself, by way of {Words.Shown(parent)}.");
        }

        if (++_parents > MostParents)
        {
            throw new ImportException(line, "There are too many groups of groups.");
        }

        below.Parents.Add(above);
    }

    public void SetGroupVar(string group, string key, JsonNode? value, int line)
    {
        if (key != "ansible_group_priority")
        {
            _groups[group].Vars[key] = value;
        }
        else if (value is JsonValue number && (number.TryGetValue<int>(out var priority) || int.TryParse(number.ToString(), out priority)))
        {
            _groups[group].Priority = priority;
        }
        else
        {
            throw new ImportException(line, "ansible_group_priority is a number.");
        }
    }

    /// <summary>Puts the hosts of a pattern into a group.</summary>
    public void AddHosts(string group, string pattern, IReadOnlyDictionary<string, JsonNode?> vars, int line)
    {
        var (names, port) = HostRange.Expand(pattern, line, ImportLimits.Hosts);
        if ((_memberships += names.Count) > MostMemberships)
        {
            throw new ImportException(line, $"There are more than {ImportLimits.Hosts} hosts. Import them in parts.");
        }

        foreach (var name in names)
        {
            if (!_hosts.TryGetValue(name, out var host))
            {
                _hosts[name] = host = new(name, line);
                if (_hosts.Count > ImportLimits.Hosts)
                {
                    throw new ImportException(line, $"There are more than {ImportLimits.Hosts} hosts. Import them in parts.");
                }

                // As in Ansible, a port in the pattern counts where the host is first named alone.
                if (port is not null)
                {
                    host.Vars["ansible_port"] = port;
                }
            }

            if (!host.Groups.Contains(_groups[group]))
            {
                host.Groups.Add(_groups[group]);
            }

            foreach (var (key, value) in vars)
            {
                host.Vars[key] = value;
            }
        }
    }

    public ParsedImport Build(IReadOnlyList<SkippedLine> skipped)
    {
        var groups = _groups.Values.Where(g => g.Vars.Count > 0 || g.Name is not (All or Ungrouped))
            .Select(g => new ImportedGroup(g.Name, [.. g.Parents.Select(p => p.Name).Where(p => p != All)], g.Vars, g.Line));
        return new ParsedImport([.. _hosts.Values.Select(h => AnsibleConnection.ToHost(h.Name, h.Line, h.GroupNames(), h.Vars, EffectiveVars(h)))], [.. groups], skipped);
    }

    /// <summary>What Ansible gives a host: its own variables over those of its groups.</summary>
    public IReadOnlyDictionary<string, JsonNode?> EffectiveVars(string host) => EffectiveVars(_hosts[host]);

    private Dictionary<string, JsonNode?> EffectiveVars(Member host)
    {
        var above = new HashSet<Group> { _groups[All] };
        foreach (var group in host.EffectiveGroups())
        {
            group.AddTo(above);
        }

        var vars = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var group in above.Where(g => g.Vars.Count > 0).OrderBy(g => g.Depth).ThenBy(g => g.Priority).ThenBy(g => g.Name, StringComparer.Ordinal))
        {
            foreach (var (key, value) in group.Vars)
            {
                vars[key] = value;
            }
        }

        foreach (var (key, value) in host.Vars)
        {
            vars[key] = value;
        }

        return vars;
    }

    private sealed class Group(string name, int line)
    {
        private int? _depth;

        public string Name => name;

        public int Line => line;

        public int Priority { get; set; } = 1;

        public List<Group> Parents { get; } = [];

        public Dictionary<string, JsonNode?> Vars { get; } = new(StringComparer.Ordinal);

        /// <summary>The longest way up to <c>all</c>. To be asked once everything is there.</summary>
        public int Depth => _depth ??= name == All ? 0 : Parents.Select(p => p.Depth).DefaultIfEmpty(0).Max() + 1;

        public bool IsUnder(Group other, HashSet<Group> seen) =>
            Parents.Any(p => p == other || (seen.Add(p) && p.IsUnder(other, seen)));

        public void AddTo(HashSet<Group> groups)
        {
            if (groups.Add(this))
            {
                Parents.ForEach(p => p.AddTo(groups));
            }
        }
    }

    private sealed class Member(string name, int line)
    {
        public string Name => name;

        public int Line => line;

        public List<Group> Groups { get; } = [];

        public Dictionary<string, JsonNode?> Vars { get; } = new(StringComparer.Ordinal);

        public IReadOnlyList<string> GroupNames() => [.. Groups.Select(g => g.Name).Where(g => g is not (All or Ungrouped))];

        /// <summary>Who is in any other group is not ungrouped, whatever the file says.</summary>
        public IEnumerable<Group> EffectiveGroups() =>
            Groups.Any(g => g.Name is not (All or Ungrouped)) ? Groups.Where(g => g.Name != Ungrouped) : Groups;
    }
}
