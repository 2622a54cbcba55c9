using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Operations;

namespace HomelabDashboard.Tests.Features.Operations;

public sealed class OperationOutputsTests
{
    private readonly OperationOutputs _outputs = new(TimeProvider.System);

    [Theory]
    [InlineData("one\ntwo\r\n", "one|two")]
    [InlineData("\e[1;32mok\e[0m: [nas]", "ok: [nas]")]
    [InlineData("Pulling 10%\rPulling 70%\rPulled", "Pulled")]
    [InlineData("a\tb\0c\a", "a\tbc")]
    [InlineData("<script>", "<script>")]
    [InlineData("cut \e[3", "cut ")]
    public void Lines_are_plain_text(string written, string kept)
    {
        _outputs.Write("a", written);
        Assert.Equal(kept.Split('|'), _outputs.Read("a")!.Lines);
    }

    [Fact]
    public void Only_the_newest_lines_are_kept_and_that_is_said()
    {
        for (var i = 1; i <= OperationOutputs.MostLines + 5; i++)
        {
            _outputs.Write("a", $"line {i}");
        }

        var lines = _outputs.Read("a")!.Lines;
        Assert.Equal("… 5 lines before this are not kept.", lines[0]);
        Assert.Equal("line 6", lines[1]);
        Assert.Equal($"line {OperationOutputs.MostLines + 5}", lines[^1]);
        Assert.Equal(OperationOutputs.MostLines + 5, _outputs.Marks.Get("a")!.Lines);
    }

    [Fact]
    public void One_who_has_read_some_gets_the_rest()
    {
        _outputs.Write("a", "one\ntwo");
        Assert.Equal(["two"], _outputs.Read("a", after: 1)!.Lines);
        _outputs.Write("a", "three");
        var rest = _outputs.Read("a", after: 2)!;
        Assert.Equal(["three"], rest.Lines);
        Assert.Equal(3, rest.Total);
        Assert.Empty(_outputs.Read("a", after: 3)!.Lines);
        _outputs.Write("a", string.Join('\n', Enumerable.Range(0, OperationOutputs.MostLines + 2)));
        Assert.Equal("… 2 lines before this are not kept.", _outputs.Read("a", after: 3)!.Lines[0]);
    }

    [Fact]
    public void Whatever_is_written_stays_within_its_bounds_and_has_no_control_characters() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(
            (from text in ArbMap.Default.GeneratorFor<NonNull<string>>() from times in Gen.Choose(1, 1500) select (text.Get, times)).ToArbitrary(),
            written =>
            {
                var outputs = new OperationOutputs(TimeProvider.System);
                for (var i = 0; i < 5; i++)
                {
                    outputs.Write("a", string.Concat(Enumerable.Repeat(written.Get, written.times)));
                }

                var lines = outputs.Read("a")?.Lines ?? [];
                Assert.InRange(lines.Count, 0, OperationOutputs.MostLines + 1);
                Assert.InRange(lines.Sum(l => l.Length), 0, OperationOutputs.MostChars + 100);
                Assert.All(lines, l => Assert.DoesNotContain(l, c => char.IsControl(c) && c != '\t'));
            }));
}
