namespace HomelabDashboard.Infrastructure;

/// <summary>
/// Whether the system's clock has gone evenly for a while. A machine without a clock of its own starts with a wrong time, and is
/// set right some minutes later; what is taken away by a wrong time does not come back.
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    internal static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    private (DateTimeOffset Clock, long Timestamp) _last = (time.GetUtcNow(), time.GetTimestamp());
    private long _since = time.GetTimestamp();

    /// <summary>To be asked now and then: it compares with the time before.</summary>
    public bool IsSteady()
    {
        Jump();
        return time.GetElapsedTime(_since, _last.Timestamp) >= Long;
    }

    /// <summary>By how much the clock was set since it was last asked, less than nothing if it was set back; nothing where that is less than a minute.</summary>
    public TimeSpan Jump()
    {
        var now = (Clock: time.GetUtcNow(), Timestamp: time.GetTimestamp());
        var jump = now.Clock - _last.Clock - time.GetElapsedTime(_last.Timestamp, now.Timestamp);
        _last = now;
        if (jump.Duration() <= Least)
        {
            return TimeSpan.Zero;
        }

        _since = now.Timestamp;
        return jump;
    }
}
