using HomelabDashboard.Components.Shared;

namespace HomelabDashboard.Tests.Components;

public sealed class ChartDataTests
{
    private static readonly DateTime Start = DateTime.UnixEpoch.AddSeconds(1000);

    [Fact]
    public void Silence_becomes_a_gap()
    {
        (DateTime At, double? Value)[] points = [(Start, 1), (Start.AddSeconds(15), 2), (Start.AddSeconds(115), 3)];

        var data = ChartData.Of(points, p => p.At, TimeSpan.FromSeconds(45), p => p.Value, p => p.Value * 2);

        Assert.Equal([1000, 1015, 1065, 1115], data.Times);
        Assert.Equal([1, 2, null, 3], data.Values[0]);
        Assert.Equal([2, 4, null, 6], data.Values[1]);
    }

    [Fact]
    public void A_sparkline_breaks_where_nothing_is_known()
    {
        var path = SparklinePath.Of([50, 50, null, 50, 50], 100);

        Assert.Equal("M0 20L50 20M150 20L200 20", path.Line);
    }

    [Fact]
    public void A_sparkline_of_many_values_stays_small() =>
        Assert.Equal(60, SparklinePath.Of([.. Enumerable.Repeat<double?>(10, 1000)], 100).Line.Count(c => c is 'M' or 'L'));
}
