namespace HomelabDashboard.Features.Events;

/// <summary>How many streams each user has open. Singleton.</summary>
public sealed class EventStreams
{
    public const int MostEach = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, int> _open = [];

    internal bool TryOpen(int userId)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(userId);
            if (open >= MostEach)
            {
                return false;
            }

            _open[userId] = open + 1;
            return true;
        }
    }

    internal void Close(int userId)
    {
        lock (_gate)
        {
            if (--_open[userId] == 0)
            {
                _open.Remove(userId);
            }
        }
    }
}
