namespace HomelabDashboard.Tests.Support;

/// <summary>A clock that stands still until a test moves it: evenly, or by setting it as a person or NTP would.</summary>
public sealed class SetClock(DateTime utc) : TimeProvider
{
    private long _ticks = utc.Ticks;
    private long _elapsed;

    public DateTime Now => new(_ticks, DateTimeKind.Utc);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(_ticks, TimeSpan.Zero);

    public override long GetTimestamp() => _elapsed;

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan time)
    {
        _ticks += time.Ticks;
        _elapsed += time.Ticks;
    }

    /// <summary>The clock is set; no time passes.</summary>
    public void Set(DateTime utc) => _ticks = utc.Ticks;
}
