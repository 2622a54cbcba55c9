using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Components.Terminal;

namespace HomelabDashboard.Tests.Components.Terminal;

public sealed class TerminalLayoutTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a,b", 2)]
    [InlineData("(a-b)", 2)]
    [InlineData("a,(b-c~40),(d_(e-f~10))", 6)]
    public void A_layout_is_read_as_it_is_written(string text, int panes)
    {
        var layout = TerminalLayout.Parse(text, 0);
        Assert.Equal(text, layout.ToString());
        Assert.Equal(panes, layout.Sessions.Count());
    }

    [Theory]
    [InlineData("a,a")]
    [InlineData("(a-a)")]
    [InlineData("(a-b")]
    [InlineData("a-b")]
    [InlineData("(a-b~5)")]
    [InlineData("(a-b~95)")]
    [InlineData("(a-b~400)")]
    [InlineData("(a+b)")]
    [InlineData("a,")]
    [InlineData("<script>")]
    [InlineData("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")]
    public void What_is_no_layout_is_an_empty_one(string text) => Assert.Equal(TerminalLayout.Empty, TerminalLayout.Parse(text, 0));

    [Fact]
    public void No_text_breaks_it() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5000),
        Prop.ForAll(Gen.Elements("ab()-_~,9 1".ToCharArray()).ArrayOf().Select(c => new string(c)).ToArbitrary(), text =>
            TerminalLayout.Parse(text, 3) is var layout && (layout == TerminalLayout.Empty || layout.ToString() == text.Replace("~50", "", StringComparison.Ordinal))));

    [Fact]
    public void Whatever_is_done_to_it_each_terminal_is_there_once_and_the_url_brings_it_back() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Gen.Choose(0, 1000).ArrayOf(20).ToArbitrary(), (int[] steps) =>
        {
            var layout = TerminalLayout.Empty;
            var there = new HashSet<string>(StringComparer.Ordinal);
            foreach (var step in steps)
            {
                var name = Names[step % Names.Length];
                if (there.Remove(name))
                {
                    layout = layout.Remove(name);
                }
                else
                {
                    layout = there.Count > 0 && step % 3 > 0 ? layout.Split(there.Order(StringComparer.Ordinal).First(), name, step % 3 == 1) : layout.Add(name);
                    there.Add(name);
                    Assert.Equal(layout.TabOf(name), layout.Shown);
                    layout = layout.Resize(layout.Shown, step % 2 == 0 ? "" : "0", step % 120);
                }

                Assert.Equal(there.Order(StringComparer.Ordinal), layout.Sessions.Order(StringComparer.Ordinal));
                Assert.InRange(layout.Shown, 0, Math.Max(0, layout.Tabs.Length - 1));
                Assert.Equal(layout, TerminalLayout.Parse(layout.ToString(), layout.Shown));
            }
        }));

    [Fact]
    public void The_neighbour_of_one_that_goes_gets_its_room()
    {
        var layout = TerminalLayout.Parse("a,(b-(c_d))", 1);
        Assert.Equal("a,(b-d)", layout.Remove("c").ToString());
        Assert.Equal(("(b-(c_d))", 0), (layout.Remove("a").ToString(), layout.Remove("a").Shown));
        Assert.Equal("a,(x-(c_d))", layout.Replace("b", "x").ToString());
        Assert.Equal("a,(b-(c_d~70))", layout.Resize(1, "1", 70).ToString());
        Assert.Equal("a,(b-(c_d~90))", layout.Resize(1, "1", 400).ToString());
    }

    [Fact]
    public void Places_are_siblings_that_hang_on_the_shares()
    {
        var places = new PanePlaces(TerminalLayout.Parse("(a-(b_c~30))", 0).Tabs[0], 0);
        Assert.Equal(["a", "b", "c"], places.Panes.Select(p => p.Session));
        Assert.Equal(["--split-0-", "--split-0-1"], places.Splits.Select(s => s.Variable));
        Assert.Equal("--split-0-:0.5;--split-0-1:0.3;", places.Variables);
        Assert.Contains("left:calc(100% * (0 + 1 * var(--split-0-)))", places.Panes[2].Style, StringComparison.Ordinal);
        Assert.Contains("height:calc(100% * (1 * (1 - var(--split-0-1))))", places.Panes[2].Style, StringComparison.Ordinal);
    }
}
