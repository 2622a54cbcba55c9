using System.Globalization;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Features.Docker;

/// <summary>Something is wrong with a container.</summary>
/// <param name="Message">A sentence without its subject: <c>ended unexpectedly with code 1</c>.</param>
internal sealed record ContainerTrouble(string ContainerName, ContainerTroubleKind Kind, DockerAlertSeverity Severity, string Message);

/// <summary>
/// Tells trouble from what is usual on one host, by what its engine tells. What was stopped when we first looked is not news, what
/// somebody asked for is expected, and what mends itself within the hold time is not said. Not safe for several threads.
/// </summary>
internal sealed class ContainerTroubles(DockerAlertOptions options)
{
    private const int LoopDeaths = 3;
    private const int MostDeaths = 20;
    private const int Killed = 137;
    private const int Terminated = 143;

    private static readonly TimeSpan LoopWithin = TimeSpan.FromMinutes(5);

    /// <summary>A container whose memory was full has ended by that within this time, or not by that.</summary>
    private static readonly TimeSpan OomWithin = TimeSpan.FromMinutes(1);

    /// <summary>An engine waits this long at the most for a container to end that was asked to by somebody else.</summary>
    private static readonly TimeSpan Asked = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    /// <summary>Signals that ask for something else than the end: HUP, USR1, USR2, CONT and WINCH.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal) { "1", "10", "12", "18", "28" };

    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    /// <summary>Takes in an event of a container.</summary>
    public void Happened(EngineEvent happened, DateTime now)
    {
        if (happened is not { Type: "container", Action: { } action, Actor: { Id: { } id } actor } || !EngineName.IsContainerId(id))
        {
            return;
        }

        string? Attribute(string name) => actor.Attributes?.GetValueOrDefault(name);
        if (action is "destroy" or "remove")
        {
            _watched.Remove(id);
            return;
        }

        if (action is not ("start" or "kill" or "die" or "oom"))
        {
            return;
        }

        var watched = Of(id);
        watched.Name = Attribute("name") ?? watched.Name;
        watched.HappenedAt = now;
        switch (action)
        {
            case "start":
                watched.Up(now);
                break;
            case "kill" when !Harmless.Contains(Attribute("signal") ?? ""):
                watched.AskedUntil = now + Asked;
                break;
            case "oom":
                watched.OomAt = now;
                break;
            case "die":
                var code = int.TryParse(Attribute("exitCode"), CultureInfo.InvariantCulture, out var exit) ? exit : (int?)null;
                var isExpected = watched.AskedUntil > now;

                // Podman does not tell that somebody asked; one that ends by that signal alone was.
                watched.Down(now, code, isExpected || code is 0 or Terminated);
                if (!isExpected)
                {
                    watched.Deaths.Add(now);
                    watched.Deaths.RemoveRange(0, Math.Max(0, watched.Deaths.Count - MostDeaths));
                }

                break;
        }
    }

    /// <summary>The dashboard is about to end a container, and may take its time.</summary>
    public void Expect(string id)
    {
        if (_watched.TryGetValue(id, out var watched))
        {
            watched.AskedUntil = DateTime.MaxValue;
        }
    }

    /// <summary>It is done with that. What the engine tells of it may come a little later.</summary>
    public void ExpectNoMore(string id, DateTime now)
    {
        if (_watched.TryGetValue(id, out var watched) && watched.AskedUntil > now + Late)
        {
            watched.AskedUntil = now + Late;
        }
    }

    /// <summary>Takes in how the containers of the host are.</summary>
    /// <param name="isAll">What is not among them is no longer there.</param>
    /// <param name="asOf">When the engine was asked; what has happened since is known better by its event. Null: now.</param>
    public void Seen(IReadOnlyCollection<ContainerSummary> containers, bool isAll, DateTime now, DateTime? asOf = null)
    {
        foreach (var container in containers)
        {
            var isNew = !_watched.ContainsKey(container.ContainerId);
            var watched = Of(container.ContainerId);
            watched.Name = container.Name;
            watched.GoneAt = null;
            if (watched.HappenedAt >= asOf)
            {
                continue;
            }

            if (container.IsUp && !watched.IsUp)
            {
                watched.Up(now);
            }
            else if (!container.IsUp && watched.IsUp && container.State is "exited" or "dead" or "stopped" && !isNew)
            {
                // Nobody heard it end.
                watched.Down(now, container.ExitCode, watched.AskedUntil > now || container.ExitCode is null or 0 or Terminated);
            }

            if (container is { IsUp: false, OomKilled: true, ExitCode: Killed })
            {
                watched.EndedByOom();
            }

            watched.Health(container is { State: "running", Health: ContainerHealth.Unhealthy }, now);
        }

        var there = containers.Select(c => c.ContainerId).ToHashSet(StringComparer.Ordinal);
        var names = containers.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, watched) in _watched.Where(w => !there.Contains(w.Key) && (isAll || w.Value.GoneAt is not null)).ToList())
        {
            if (names.Contains(watched.Name) || !watched.IsUp)
            {
                _watched.Remove(id);
            }
            else
            {
                watched.GoneAt ??= now;
            }
        }
    }

    /// <summary>Somebody knows of a container's trouble and does not want to be told: it is said again only when it comes anew.</summary>
    public void Dismiss(string containerName)
    {
        foreach (var (id, watched) in _watched.Where(w => w.Value.Name == containerName).ToList())
        {
            if (watched.GoneAt is not null)
            {
                _watched.Remove(id);
            }

            watched.Dismiss();
        }
    }

    /// <summary>What is wrong, the worst of each container.</summary>
    public IReadOnlyList<ContainerTrouble> At(DateTime now) =>
        [.. _watched.Values.Select(w => Of(w, now)).OfType<ContainerTrouble>().GroupBy(t => t.ContainerName, StringComparer.Ordinal).Select(g => g.MaxBy(t => t.Severity)!)];

    private ContainerTrouble? Of(Watched watched, DateTime now)
    {
        var hold = TimeSpan.FromSeconds(options.HoldSeconds);
        watched.Deaths.RemoveAll(d => now - d > LoopWithin);
        watched.IsLoop = watched.Deaths.Count >= LoopDeaths || (watched.IsLoop && watched.Deaths.Count > 0);
        var code = watched.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $" with code {exit}") : "";
        if (watched.GoneAt is { } gone)
        {
            return now - gone >= hold ? new(watched.Name, ContainerTroubleKind.Gone, DockerAlertSeverity.Warning, "is gone: it ran, and was removed while nobody watched") : null;
        }

        if (watched.IsLoop)
        {
            return new(watched.Name, ContainerTroubleKind.Restarting, DockerAlertSeverity.Critical, $"keeps restarting: it ended {watched.Deaths.Count} times within 5 minutes, last{code}");
        }

        if (watched.DownAt is { } down && now - down >= hold)
        {
            return watched.OomEndAt == down
                ? new(watched.Name, ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical, "was ended because its memory was full")
                : new(watched.Name, ContainerTroubleKind.Exited, DockerAlertSeverity.Critical, $"ended unexpectedly{code}");
        }

        if (watched.IsUp && watched.OomEndAt is { } end && now - end <= LoopWithin)
        {
            return new(watched.Name, ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical, "was ended because its memory was full, and runs again");
        }

        return watched.UnhealthyAt is { } unhealthy && now - unhealthy >= hold
            ? new(watched.Name, ContainerTroubleKind.Unhealthy, DockerAlertSeverity.Warning, "is unhealthy: its own check fails")
            : null;
    }

    private Watched Of(string id)
    {
        if (!_watched.TryGetValue(id, out var watched))
        {
            _watched[id] = watched = new Watched { Name = id[..12] };
        }

        return watched;
    }

    private sealed class Watched
    {
        public required string Name { get; set; }

        public bool IsUp { get; private set; }

        /// <summary>When its last event came.</summary>
        public DateTime? HappenedAt { get; set; }

        /// <summary>Somebody asked for its end.</summary>
        public DateTime? AskedUntil { get; set; }

        /// <summary>It ended by itself, and badly.</summary>
        public DateTime? DownAt { get; private set; }

        public int? ExitCode { get; private set; }

        /// <summary>Some process in it met the limit of its memory; the container need not end by that.</summary>
        public DateTime? OomAt { get; set; }

        /// <summary>It ended by that.</summary>
        public DateTime? OomEndAt { get; private set; }

        public DateTime? UnhealthyAt { get; private set; }

        public DateTime? GoneAt { get; set; }

        public bool IsLoop { get; set; }

        public List<DateTime> Deaths { get; } = [];

        private bool IsUnhealthyDismissed { get; set; }

        /// <summary>The engine says so of its last end; it need not have told when it was.</summary>
        public void EndedByOom() => OomEndAt = DownAt ?? OomEndAt;

        public void Health(bool isUnhealthy, DateTime now)
        {
            IsUnhealthyDismissed &= isUnhealthy;
            UnhealthyAt = isUnhealthy && !IsUnhealthyDismissed ? UnhealthyAt ?? now : null;
        }

        public void Dismiss()
        {
            IsUnhealthyDismissed = UnhealthyAt is not null;
            UnhealthyAt = null;
            DownAt = OomEndAt = null;
            IsLoop = false;
            Deaths.Clear();
        }

        public void Up(DateTime now)
        {
            // Podman may tell of its start only once somebody has asked for its end.
            AskedUntil = IsUp ? AskedUntil : null;
            IsUp = true;
            DownAt = null;
        }

        public void Down(DateTime now, int? code, bool isExpected)
        {
            IsUp = false;
            ExitCode = code;
            DownAt = isExpected ? null : now;
            OomEndAt = !isExpected && now - OomAt <= OomWithin ? now : null;
            OomAt = null;
        }
    }
}
