using Bunit;
using HomelabDashboard.Components.Shared;

namespace HomelabDashboard.Tests.Components;

public sealed class MeterTests : BunitContext
{
    [Theory]
    [InlineData(74.9, "bar", "width:74.9%")]
    [InlineData(75.0, "bar warn", "width:75%")]
    [InlineData(90.0, "bar crit", "width:90%")]
    [InlineData(130.0, "bar crit", "width:100%")]
    public void The_bar_is_as_long_and_as_grave_as_its_value(double value, string css, string style)
    {
        var meter = Render<Meter>(p => p.Add(m => m.Label, "CPU").Add(m => m.Value, value));

        var bar = meter.Find("[role=meter]");
        Assert.Equal(css, bar.ClassName?.Trim());
        Assert.Equal(style, meter.Find("i").GetAttribute("style"));
        Assert.Equal("CPU", bar.GetAttribute("aria-label"));
    }

    [Fact]
    public void The_unknown_is_a_dash_and_an_empty_bar()
    {
        var meter = Render<Meter>(p => p.Add(m => m.Label, "CPU").Add(m => m.Value, null));

        Assert.Equal("–", meter.Find(".num").TextContent);
        Assert.Equal("width:0%", meter.Find("i").GetAttribute("style"));
    }
}
