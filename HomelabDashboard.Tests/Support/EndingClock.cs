namespace HomelabDashboard.Tests.Support;

/// <summary>A clock whose timers never come to their end, but the newest of them when the test says so.</summary>
internal sealed class EndingClock : TimeProvider
{
    private Action _end = () => { };

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Volatile.Write(ref _end, () => callback(state));
        return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void End() => Volatile.Read(ref _end)();
}
