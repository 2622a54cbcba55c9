namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// The life of a session: starting → active → closing → closed, expired or error; a start that fails goes to error at once.
/// Safe for several threads: of two that want the same step, one gets it.
/// </summary>
public sealed class SessionLifecycle
{
    private int _status = (int)SessionStatus.Starting;

    public SessionStatus Status => (SessionStatus)Volatile.Read(ref _status);

    public static bool MayMove(SessionStatus from, SessionStatus to) => (from, to) is
        (SessionStatus.Starting, SessionStatus.Active or SessionStatus.Closing or SessionStatus.Error)
        or (SessionStatus.Active, SessionStatus.Closing)
        or (SessionStatus.Closing, SessionStatus.Closed or SessionStatus.Expired or SessionStatus.Error);

    /// <returns>False when this step is not open from where the session is now; nothing has changed then.</returns>
    public bool TryMove(SessionStatus to)
    {
        var from = Volatile.Read(ref _status);
        while (MayMove((SessionStatus)from, to))
        {
            var seen = Interlocked.CompareExchange(ref _status, (int)to, from);
            if (seen == from)
            {
                return true;
            }

            from = seen;
        }

        return false;
    }
}
