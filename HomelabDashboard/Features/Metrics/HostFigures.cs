namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Makes readings of one session's frames: keeps the counters of the frame before for the rates, and the facts of the last full one.
/// Rates go by the host's own uptime, so that neither clock matters; a counter that went back is unknown, not negative.
/// </summary>
internal sealed class HostFigures
{
    private Counters? _before;
    private HostFacts _facts = new();

    /// <param name="at">UTC.</param>
    public MetricReading Read(MetricFrame frame, DateTime at, int durationMs)
    {
        var full = frame.Has("facts");
        if (full)
        {
            _facts = HostFacts.Read(frame);
        }

        var files = ProcFigures.ByPath(frame.Section("files"));
        var now = new Counters(
            files.TryGetValue("/proc/uptime", out var uptime) && uptime.Count > 0 && ProcFigures.Words(uptime[0]) is [var up, ..] ? ProcFigures.Number(up) : null,
            ProcFigures.Cpu(files.GetValueOrDefault("/proc/stat", [])),
            ProcFigures.Network(files.GetValueOrDefault("/proc/net/dev", [])),
            ProcFigures.Disks(files.GetValueOrDefault("/proc/diskstats", [])));
        var before = _before;
        _before = now;

        var memory = ProcFigures.Memory(files.GetValueOrDefault("/proc/meminfo", []));
        var load = files.TryGetValue("/proc/loadavg", out var loadavg) && loadavg.Count > 0 ? ProcFigures.Words(loadavg[0]) : [];
        var network = Rates(before, now, c => c.Network);
        var disks = Rates(before, now, c => c.Disks);
        var sample = new MetricSample
        {
            CollectedAt = at,
            CollectionDurationMs = durationMs,
            CpuCount = _facts.CpuCount,
            CpuThreads = _facts.CpuCount,
            CpuModel = _facts.CpuModel,
            CpuCores = _facts.CpuCores,
            CpuSockets = _facts.CpuSockets,
            CpuThreadsPerCore = _facts is { CpuCount: { } threads, CpuCores: { } cores and > 0 } ? threads / cores : null,
            CpuMhz = files.TryGetValue("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", out var frequency) && HostFacts.Kilohertz(frequency[0]) is { } mhz ? mhz : _facts.CpuMhz,
            CpuMaxMhz = _facts.CpuMaxMhz,
            CpuMinMhz = _facts.CpuMinMhz,
            CpuLoad1m = ProcFigures.Number(load.ElementAtOrDefault(0)),
            CpuLoad5m = ProcFigures.Number(load.ElementAtOrDefault(1)),
            CpuLoad15m = ProcFigures.Number(load.ElementAtOrDefault(2)),
            CpuUsagePercent = CpuUsage(before, now),
            CpuTemperature = ProcFigures.Temperature(files),
            Filesystems = ProcFigures.Filesystems(frame.Section("df"), _facts.MountTypes),
            Interfaces = Interfaces(now, network, ProcFigures.NetworkErrors(files.GetValueOrDefault("/proc/net/dev", []))),
            NetworkReceiveRate = Sum(network, _facts.CountsInterface, r => r.Read),
            NetworkTransmitRate = Sum(network, _facts.CountsInterface, r => r.Written),
            DiskReadRate = Sum(disks, _facts.RealDisks.Contains, r => r.Read),
            DiskWriteRate = Sum(disks, _facts.RealDisks.Contains, r => r.Written),
            OsName = _facts.OsName,
            OsVersion = _facts.OsVersion,
            KernelVersion = _facts.KernelVersion,
            Hostname = _facts.Hostname,
            Temperatures = _facts.Temperatures,
            Reboot = _facts.Reboot,
            UptimeSeconds = now.Uptime is { } seconds and >= 0 and < 1e11 ? (long)seconds : null,
        };
        return new MetricReading(WithMemory(sample, memory), full ? _facts : null, memory);
    }

    private static MetricSample WithMemory(MetricSample sample, Dictionary<string, long> memory)
    {
        long? available = memory.TryGetValue("MemAvailable", out var known)
            ? known
            : memory.TryGetValue("MemFree", out var free)
                ? free + memory.GetValueOrDefault("Buffers") + memory.GetValueOrDefault("Cached") + memory.GetValueOrDefault("SReclaimable")
                : null;
        if (memory.TryGetValue("MemTotal", out var total) && available <= total)
        {
            sample = sample with
            {
                MemoryTotalMb = Megabytes(total),
                MemoryFreeMb = Megabytes(available.Value),
                MemoryUsedMb = Megabytes(total - available.Value),
                MemoryUsagePercent = ProcFigures.Percent(total - available.Value, total),
            };
        }

        if (memory.TryGetValue("SwapTotal", out var swap) && memory.TryGetValue("SwapFree", out var swapFree) && swapFree <= swap)
        {
            sample = sample with
            {
                SwapTotalMb = Megabytes(swap),
                SwapUsedMb = Megabytes(swap - swapFree),
                SwapUsagePercent = ProcFigures.Percent(swap - swapFree, swap),
            };
        }

        return sample;
    }

    private static int Megabytes(long kilobytes) => (int)Math.Min(kilobytes / 1024, int.MaxValue);

    private static double? CpuUsage(Counters? before, Counters now) =>
        before?.Cpu is { } b && now.Cpu is { } n && n.Total > b.Total && n.Busy >= b.Busy
            ? ProcFigures.Percent(n.Busy - b.Busy, n.Total - b.Total)
            : null;

    /// <summary>Bytes a second by name; names whose counters went back are left out.</summary>
    private static Dictionary<string, (double Read, double Written)> Rates(Counters? before, Counters now, Func<Counters, Dictionary<string, (long Read, long Written)>> of)
    {
        var rates = new Dictionary<string, (double, double)>(StringComparer.Ordinal);
        if (before is null || now.Uptime - before.Uptime is not (> 0.05 and var seconds))
        {
            return rates;
        }

        foreach (var (name, value) in of(now))
        {
            if (of(before).TryGetValue(name, out var earlier) && value.Read >= earlier.Read && value.Written >= earlier.Written)
            {
                rates[name] = (Math.Round((value.Read - earlier.Read) / seconds), Math.Round((value.Written - earlier.Written) / seconds));
            }
        }

        return rates;
    }

    private static double? Sum(Dictionary<string, (double Read, double Written)> rates, Func<string, bool> counts, Func<(double Read, double Written), double> which)
    {
        var counted = rates.Where(r => counts(r.Key)).Select(r => which(r.Value)).ToList();
        return counted.Count > 0 ? counted.Sum() : null;
    }

    /// <summary>The real ones first; of the ends of containers' cables only as many as there is room for.</summary>
    private List<NetworkInterfaceReading> Interfaces(Counters now, Dictionary<string, (double Read, double Written)> rates, Dictionary<string, NetworkErrors> errors) =>
    [
        .. now.Network.Keys.OrderBy(name => !_facts.ShowsInterface(name)).ThenBy(name => name, StringComparer.Ordinal).Take(64).Select(name => new NetworkInterfaceReading(
            ProcFigures.Clean(name, 64) ?? "",
            _facts.OperationalStates.GetValueOrDefault(name) switch { "up" => true, "down" or "lowerlayerdown" or "notpresent" => false, _ => null },
            _facts.Addresses.GetValueOrDefault(name, []),
            rates.TryGetValue(name, out var rate) ? rate.Read : null,
            rates.TryGetValue(name, out rate) ? rate.Written : null,
            !_facts.ShowsInterface(name),
            Link(name, "address") is { } mac && mac != "00:00:00:00:00:00" ? ProcFigures.Clean(mac, 40) : null,
            ProcFigures.Whole(Link(name, "speed")) is { } speed and > 0 and < 10_000_000 ? (int)speed : null,
            Link(name, "duplex") switch { "full" => true, "half" => false, _ => null },
            ProcFigures.Whole(Link(name, "mtu")) is { } mtu and < int.MaxValue ? (int)mtu : null,
            errors.GetValueOrDefault(name)?.Receive, errors.GetValueOrDefault(name)?.Transmit, errors.GetValueOrDefault(name)?.ReceiveDropped, errors.GetValueOrDefault(name)?.TransmitDropped)),
    ];

    private string? Link(string name, string kind) => _facts.Links.GetValueOrDefault(name)?.GetValueOrDefault(kind);

    private sealed record Counters(
        double? Uptime,
        (ulong Busy, ulong Total)? Cpu,
        Dictionary<string, (long Read, long Written)> Network,
        Dictionary<string, (long Read, long Written)> Disks);
}

/// <param name="Facts">What a full reading tells besides; null in a fast one.</param>
/// <param name="Memory">kB by the kernel's names.</param>
internal sealed record MetricReading(MetricSample Sample, HostFacts? Facts, IReadOnlyDictionary<string, long> Memory);
