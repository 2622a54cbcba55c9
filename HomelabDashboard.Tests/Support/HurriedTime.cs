namespace HomelabDashboard.Tests.Support;

/// <summary>A clock that is right, while what waits for minutes waits for tenths of a second.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(base.CreateTimer(callback, state, Hurry(dueTime), Hurry(period)));

    private static TimeSpan Hurry(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? time : time / 600;

    private sealed class Timer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hurry(dueTime), Hurry(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
