using System.Diagnostics.CodeAnalysis;

namespace HomelabDashboard.Features.Operations;

/// <summary>
/// Who is next. Work waits in lanes, one for each host. The first of a lane never waits for another lane, however much is
/// going on there; what a lane runs beyond its first takes one of a bounded number of shared places, and those go to the
/// lane that has the least. Within a lane it is first come, first served, but for what may not run yet. Not for several threads at once.
/// </summary>
/// <param name="eachLane">How many of one lane may run at once.</param>
/// <param name="shared">How many may run at once beyond the first of each lane.</param>
internal sealed class FairShares<T>(int eachLane, int shared)
    where T : notnull
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private int _sharedTaken;
    private long _turns;

    /// <param name="places">How many of this lane may run at once; null: as many as of each.</param>
    public void Add(string lane, T item, int? places = null)
    {
        if (!_lanes.TryGetValue(lane, out var found))
        {
            _lanes[lane] = found = new(places ?? eachLane);
        }

        found.Waiting.Add(item);
    }

    /// <summary>Takes out what may run now; <see cref="End"/> is to be called for its lane when it is over.</summary>
    /// <param name="mayRun">Whether something waits for nothing else.</param>
    public bool TryTake(Predicate<T> mayRun, [NotNullWhen(true)] out string? lane, [MaybeNullWhen(false)] out T item)
    {
        (lane, item) = (null, default);
        Lane? next = null;
        var at = -1;
        foreach (var (name, candidate) in _lanes)
        {
            if (candidate.Waiting.Count > 0 && candidate.Running < candidate.Places && (candidate.Running == 0 || _sharedTaken < shared)
                && (next is null || (candidate.Running, candidate.LastTurn).CompareTo((next.Running, next.LastTurn)) < 0)
                && candidate.Waiting.FindIndex(mayRun) is >= 0 and var first)
            {
                (lane, next, at) = (name, candidate, first);
            }
        }

        if (lane is null || next is null)
        {
            return false;
        }

        item = next.Waiting[at];
        next.Waiting.RemoveAt(at);
        _sharedTaken += next.Running > 0 ? 1 : 0;
        next.Running++;
        next.LastTurn = ++_turns;
        return true;
    }

    /// <summary>Something of this lane that was taken out is over.</summary>
    public void End(string lane)
    {
        var ended = _lanes[lane];
        ended.Running--;
        _sharedTaken -= ended.Running > 0 ? 1 : 0;
        Forget(lane, ended);
    }

    /// <summary>Takes something back that waits.</summary>
    /// <returns>Whether it still waited.</returns>
    public bool Remove(string lane, Predicate<T> which)
    {
        if (!_lanes.TryGetValue(lane, out var found) || found.Waiting.RemoveAll(which) == 0)
        {
            return false;
        }

        Forget(lane, found);
        return true;
    }

    private void Forget(string name, Lane lane)
    {
        if (lane.Running == 0 && lane.Waiting.Count == 0)
        {
            _lanes.Remove(name);
        }
    }

    private sealed class Lane(int places)
    {
        public int Places => places;

        public List<T> Waiting { get; } = [];

        public int Running { get; set; }

        public long LastTurn { get; set; }
    }
}
