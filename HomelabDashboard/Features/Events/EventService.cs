using System.Runtime.CompilerServices;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Features.Events;

/// <summary>One step of a stream of events.</summary>
/// <param name="Place">Where the reader is after it.</param>
/// <param name="Event">What happened; null: nothing did for a while, but the stream lives.</param>
/// <param name="IsReset">What came before this place was lost: the reader has to look at everything again.</param>
public readonly record struct EventStep(long Place, LiveEvent? Event, bool IsReset = false);

/// <summary>Live changes of what the caller may read.</summary>
public sealed class EventService(EventFeed feed, EventStreams streams, AccountDirectory directory, Access access, IHostApplicationLifetime lifetime, TimeProvider time)
{
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);
    private const int AtOnce = 200;

    /// <summary>
    /// Needs any scope to read something. <c>QUOTA_EXCEEDED</c> past <see cref="EventStreams.MostEach"/> open streams. The first step is
    /// the place where it begins; it ends when the caller may no longer be here, and at the end of the program.
    /// </summary>
    /// <param name="after">The last place that the caller has; null: from now on.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    public async Task<Result<IAsyncEnumerable<EventStep>>> FollowAsync(long? after, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync();
        if (!MayRead(caller))
        {
            caller = await access.RequireAsync(Scopes.HostsRead);
        }

        return streams.TryOpen(caller.UserId)
            ? new Result<IAsyncEnumerable<EventStep>>(StepsAsync(caller.UserId, after, cancellationToken), null)
            : new Problem(ApiProblem.QuotaExceeded, $"You have {EventStreams.MostEach} streams of events open already. Close one of them.");
    }

    private static bool MayRead(Caller caller) => caller.Has(Scopes.Admin) || caller.Scopes.Any(s => s.EndsWith(":read", StringComparison.Ordinal));

    private async IAsyncEnumerable<EventStep> StepsAsync(int userId, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var changed = NewSignal();
        void Changed(int user)
        {
            if (user == userId)
            {
                Volatile.Read(ref changed).TrySetResult();
            }
        }

        directory.Changed += Changed;
        try
        {
            var place = after ?? feed.Last;
            var said = time.GetTimestamp();
            yield return new(place, null);
            while (!stop.IsCancellationRequested && await access.CurrentAsync() is { } caller && MayRead(caller))
            {
                var events = feed.After(place, AtOnce, out var more);
                if (events is null)
                {
                    (place, said) = (feed.Last, time.GetTimestamp());
                    yield return new(place, null, IsReset: true);
                    continue;
                }

                foreach (var one in events)
                {
                    place = one.Id;
                    if (caller.Has(one.Scope) && (one.UserId is null || one.UserId == caller.UserId))
                    {
                        said = time.GetTimestamp();
                        yield return new(place, one);
                    }
                }

                // What is not for this caller is no sign of life.
                var left = Quiet - time.GetElapsedTime(said);
                if (left <= TimeSpan.Zero || (events.Count == 0 && !await AnyAsync(more, changed.Task, left, stop.Token)))
                {
                    said = time.GetTimestamp();
                    yield return new(place, null);
                }

                if (changed.Task.IsCompleted)
                {
                    Volatile.Write(ref changed, NewSignal());
                }
            }
        }
        finally
        {
            directory.Changed -= Changed;
            streams.Close(userId);
        }
    }

    /// <returns>False: neither came for a while.</returns>
    private async Task<bool> AnyAsync(Task more, Task changed, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(more, changed).WaitAsync(longest, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
