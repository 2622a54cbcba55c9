using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class SessionLifecycleTests
{
    private static readonly SessionStatus[] Last = [SessionStatus.Closed, SessionStatus.Expired, SessionStatus.Error];

    [Fact]
    public void In_whatever_order_steps_are_asked_for_only_the_open_ones_are_taken() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Gen.Elements(Enum.GetValues<SessionStatus>()).ArrayOf(12).ToArbitrary(), (SessionStatus[] asked) =>
        {
            var lifecycle = new SessionLifecycle();
            var taken = new List<SessionStatus> { lifecycle.Status };
            foreach (var next in asked)
            {
                var before = lifecycle.Status;
                if (lifecycle.TryMove(next))
                {
                    Assert.True(SessionLifecycle.MayMove(before, next));
                    taken.Add(next);
                }
                else
                {
                    Assert.Equal(before, lifecycle.Status);
                }
            }

            // No state comes twice, nothing follows an end, and a session that was active was closing before it ended.
            Assert.Equal(taken.Distinct(), taken);
            Assert.DoesNotContain(taken.SkipLast(1), Last.Contains);
            Assert.True(!taken.Contains(SessionStatus.Active) || !Last.Contains(taken[^1]) || taken.Contains(SessionStatus.Closing));
        }));

    [Fact]
    public async Task Of_many_that_want_to_close_one_does()
    {
        var lifecycle = new SessionLifecycle();
        lifecycle.TryMove(SessionStatus.Active);
        var moved = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => lifecycle.TryMove(SessionStatus.Closing))));
        Assert.Single(moved, m => m);
    }
}
