namespace HomelabDashboard.Features.Metrics;

/// <summary>
/// Whether the system's clock has gone evenly for a while. A machine without a clock of its own starts with a wrong time, and is
/// set right some minutes later; what is taken away by a wrong time does not come back.
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    internal static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(1);

    private (DateTimeOffset Clock, long Timestamp) _last = (time.GetUtcNow(), time.GetTimestamp());
    private long _since = time.GetTimestamp();

    /// <summary>To be asked now and then: it compares with the time before.</summary>
    public bool IsSteady()
    {
        var now = (Clock: time.GetUtcNow(), Timestamp: time.GetTimestamp());
        if ((now.Clock - _last.Clock - time.GetElapsedTime(_last.Timestamp, now.Timestamp)).Duration() > Jump)
        {
            _since = now.Timestamp;
        }

        _last = now;
        return time.GetElapsedTime(_since, now.Timestamp) >= Long;
    }
}
