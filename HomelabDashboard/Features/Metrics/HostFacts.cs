namespace HomelabDashboard.Features.Metrics;

/// <summary>What seldom changes on a host, as a full frame tells it.</summary>
internal sealed record HostFacts
{
    private static readonly string[] VirtualInterfaces =
        ["lo", "veth", "br-", "docker", "virbr", "vnet", "cali", "flannel", "cni", "ifb", "dummy", "kube", "tunl", "sit", "ip6tnl", "bonding_masters"];

    public string? OsName { get; init; }

    public string? OsVersion { get; init; }

    public string? KernelVersion { get; init; }

    public string? Hostname { get; init; }

    public int? CpuCount { get; init; }

    public string? CpuModel { get; init; }

    public int? CpuCores { get; init; }

    public int? CpuSockets { get; init; }

    public double? CpuMhz { get; init; }

    public double? CpuMaxMhz { get; init; }

    public double? CpuMinMhz { get; init; }

    public IReadOnlyDictionary<string, string> MountTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>Interfaces with hardware (or a hypervisor's) behind them.</summary>
    public IReadOnlySet<string> RealInterfaces { get; init; } = new HashSet<string>();

    public IReadOnlySet<string> RealDisks { get; init; } = new HashSet<string>();

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Addresses { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyDictionary<string, string> OperationalStates { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<DiskDevice> Devices { get; init; } = [];

    /// <summary>MAC, MTU, speed and duplex of each interface, by the names of the kernel's files.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Links { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public IReadOnlyList<TemperatureReading> Temperatures { get; init; } = [];

    /// <summary>Null where it cannot be told.</summary>
    public RebootNeed? Reboot { get; init; }

    public IReadOnlyDictionary<string, string> OsRelease { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether traffic of this interface counts towards the host's: each byte once, so nothing that runs over another.</summary>
    public bool CountsInterface(string name) => RealInterfaces.Count > 0 ? RealInterfaces.Contains(name) : ShowsInterface(name);

    /// <summary>Whether a person wants to see this interface: not the ends of containers' cables.</summary>
    public bool ShowsInterface(string name) => RealInterfaces.Contains(name) || !VirtualInterfaces.Any(v => name.StartsWith(v, StringComparison.Ordinal));

    public static HostFacts Read(MetricFrame frame)
    {
        var files = ProcFigures.ByPath(frame.Section("facts"));
        var look = frame.Section("look").Select(l => l.Split(' ', 3)).ToList();
        var release = OsReleaseOf(files.GetValueOrDefault("/etc/os-release", []));
        var cpu = frame.Section("cpuinfo").Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries)).Where(p => p.Length == 2).ToList();
        return new HostFacts
        {
            OsName = ProcFigures.Clean(release.GetValueOrDefault("NAME"), 100),
            OsVersion = ProcFigures.Clean(release.GetValueOrDefault("VERSION") ?? release.GetValueOrDefault("VERSION_ID"), 100),
            KernelVersion = ProcFigures.Clean(First(files, "/proc/sys/kernel/osrelease"), 100),
            Hostname = ProcFigures.Clean(First(files, "/proc/sys/kernel/hostname"), 200),
            CpuCount = cpu.Count(p => p[0] == "processor") is > 0 and var processors ? processors : null,
            CpuModel = ProcFigures.Clean((Value("model name") ?? Value("Hardware") ?? Value("Model") ?? (frame.Section("board") is [var board, ..] ? board : null))!, 200),
            CpuSockets = Distinct(cpu.Where(p => p[0] == "physical id").Select(p => p[1])) ?? Distinct(Topology("physical_package_id").Values),
            CpuCores = Cores(cpu) ?? Distinct(Topology("core_id").Select(c => $"{Topology("physical_package_id").GetValueOrDefault(c.Key)} {c.Value}")),
            CpuMhz = cpu.Where(p => p[0] == "cpu MHz").Select(p => ProcFigures.Number(p[1])).OfType<double>().DefaultIfEmpty(0).Average() is > 0 and var mhz ? Math.Round(mhz, 1) : null,
            CpuMaxMhz = Kilohertz(First(files, "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq")),
            CpuMinMhz = Kilohertz(First(files, "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq")),
            MountTypes = look.Where(w => w is ["mount", _, _]).DistinctBy(w => w[2]).ToDictionary(w => w[2], w => ProcFigures.Clean(w[1], 50) ?? "", StringComparer.Ordinal),
            RealInterfaces = look.Where(w => w is ["nic", _]).Select(w => w[1]).ToHashSet(StringComparer.Ordinal),
            RealDisks = look.Where(w => w is ["disk", _]).Select(w => w[1]).ToHashSet(StringComparer.Ordinal),
            Addresses = AddressesOf(frame.Section("addresses")),
            OperationalStates = Named(files, "/sys/class/net/", "/operstate"),
            Devices = DevicesOf(files, look.Where(w => w is ["disk", _]).Select(w => w[1])),
            Links = LinksOf(files),
            Temperatures = Sensors.Read(files),
            Reboot = RebootNeeds.Read(frame, files.GetValueOrDefault("/run/reboot-required.pkgs", []), ProcFigures.Clean(First(files, "/proc/sys/kernel/osrelease"), 100)),
            OsRelease = release,
        };

        // ARM tells of its cores here alone.
        Dictionary<string, string> Topology(string file) => Named(files, "/sys/devices/system/cpu/", "/topology/" + file, 1024);

        string? Value(string name) => cpu.FirstOrDefault(p => p[0] == name)?[1];
    }

    public static double? Kilohertz(string? text) => ProcFigures.Number(text) is { } khz and > 0 ? Math.Round(khz / 1000, 1) : null;

    private static string? First(Dictionary<string, List<string>> files, string path) => files.TryGetValue(path, out var lines) && lines.Count > 0 ? lines[0] : null;

    /// <summary>Cores are named within their socket; where the host does not name them their number is unknown.</summary>
    private static int? Cores(IReadOnlyList<string[]> cpu)
    {
        var socket = "";
        var cores = new HashSet<(string, string)>();
        foreach (var pair in cpu)
        {
            if (pair[0] == "physical id")
            {
                socket = pair[1];
            }
            else if (pair[0] == "core id")
            {
                cores.Add((socket, pair[1]));
            }
        }

        return cores.Count > 0 ? cores.Count : null;
    }

    private static Dictionary<string, string> OsReleaseOf(IEnumerable<string> lines)
    {
        var release = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && release.Count < 64 && ProcFigures.Clean(line[(equals + 1)..].Trim('"', '\''), 200) is { } value)
            {
                release.TryAdd(line[..equals], value);
            }
        }

        return release;
    }

    private static Dictionary<string, IReadOnlyList<string>> AddressesOf(IEnumerable<string> lines)
    {
        // 4: eth0    inet 192.0.2.2/24 brd …
        var addresses = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var words in lines.Select(ProcFigures.Words))
        {
            if (words is [_, var name, "inet" or "inet6", var address, ..] && ProcFigures.Clean(address.Split('/')[0], 45) is { } clean)
            {
                var list = (List<string>)(addresses.TryGetValue(name.Split('@')[0], out var known) ? known : addresses[name.Split('@')[0]] = new List<string>());
                if (list.Count < 16)
                {
                    list.Add(clean);
                }
            }
        }

        return addresses;
    }

    private static int? Distinct(IEnumerable<string> values) => values.Distinct(StringComparer.Ordinal).Count() is > 0 and var count ? count : null;

    private static Dictionary<string, IReadOnlyDictionary<string, string>> LinksOf(Dictionary<string, List<string>> files)
    {
        string[] kinds = ["address", "mtu", "speed", "duplex"];
        return kinds.SelectMany(kind => Named(files, "/sys/class/net/", "/" + kind).Select(n => (Name: n.Key, Kind: kind, n.Value))).GroupBy(n => n.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyDictionary<string, string>)g.ToDictionary(n => n.Kind, n => n.Value, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Named(Dictionary<string, List<string>> files, string before, string after, int most = 256)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, lines) in files)
        {
            if (path.Length > before.Length + after.Length && path.StartsWith(before, StringComparison.Ordinal) && path.EndsWith(after, StringComparison.Ordinal)
                && ProcFigures.Clean(lines[0], 100) is { } value && named.Count < most)
            {
                named[path[before.Length..^after.Length]] = value;
            }
        }

        return named;
    }

    private static List<DiskDevice> DevicesOf(Dictionary<string, List<string>> files, IEnumerable<string> names) =>
    [
        .. names.Take(64).Select(name => new DiskDevice(
            ProcFigures.Clean(name, 64) ?? "",
            ProcFigures.Clean(First(files, $"/sys/block/{name}/device/model"), 100),
            ProcFigures.Whole(First(files, $"/sys/block/{name}/size")) is { } sectors and < long.MaxValue / 512 ? sectors * 512 : null,
            First(files, $"/sys/block/{name}/queue/rotational") switch { "1" => true, "0" => false, _ => null })),
    ];
}

/// <param name="Rotational">Null where the host does not tell.</param>
internal sealed record DiskDevice(string Name, string? Model, long? SizeBytes, bool? Rotational);
