using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Operations;

namespace HomelabDashboard.Tests.Features.Operations;

public sealed class FairSharesTests
{
    private const int EachLane = 3;
    private const int Shared = 4;

    [Fact]
    public void Whatever_comes_and_ends_in_whatever_order_no_lane_waits_for_another_and_the_bounds_hold() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            (from step in Gen.Choose(0, 3) from lane in Gen.Choose(0, 6) select (step, lane)).ArrayOf().ToArbitrary(),
            steps =>
            {
                var shares = new FairShares<int>(EachLane, Shared);
                var waiting = new Dictionary<string, Queue<int>>();
                var running = new Dictionary<string, int>();
                var number = 0;
                foreach (var (step, laneNumber) in steps)
                {
                    var lane = "host-" + laneNumber;
                    waiting.TryAdd(lane, new());
                    running.TryAdd(lane, 0);
                    if (step < 2)
                    {
                        shares.Add(lane, ++number);
                        waiting[lane].Enqueue(number);
                    }
                    else if (step == 2 && running[lane] > 0)
                    {
                        running[lane]--;
                        shares.End(lane);
                    }
                    else if (waiting[lane].Count > 0)
                    {
                        var last = waiting[lane].Last();
                        waiting[lane] = new(waiting[lane].SkipLast(1));
                        Assert.True(shares.Remove(lane, item => item == last));
                    }

                    while (shares.TryTake(_ => true, out var taken, out var item))
                    {
                        Assert.Equal(waiting[taken].Dequeue(), item);
                        running[taken]++;
                    }

                    var beyondFirst = running.Values.Sum(r => Math.Max(0, r - 1));
                    Assert.All(running.Values, r => Assert.InRange(r, 0, EachLane));
                    Assert.InRange(beyondFirst, 0, Shared);
                    Assert.All(waiting.Where(w => w.Value.Count > 0), w => Assert.True(
                        running[w.Key] > 0 && (running[w.Key] == EachLane || beyondFirst == Shared), $"{w.Key} waits with {running[w.Key]} running"));
                }
            }));

    [Fact]
    public void A_shared_place_goes_to_the_lane_that_has_the_least()
    {
        var shares = new FairShares<string>(4, 3);
        for (var i = 1; i <= 9; i++)
        {
            shares.Add("greedy", $"greedy {i}");
        }

        shares.Add("modest", "modest 1");
        shares.Add("modest", "modest 2");
        var taken = new List<string>();
        while (shares.TryTake(_ => true, out _, out var item))
        {
            taken.Add(item);
        }

        Assert.Equal(["greedy 1", "modest 1", "greedy 2", "modest 2", "greedy 3"], taken);
    }
}
