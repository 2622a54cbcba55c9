using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals.Commands;

namespace HomelabDashboard.Tests.Features.Terminals.Commands;

public sealed class ShellMarksTests
{
    private static readonly string[] Pieces =
    [
        "plain text ", "\r\n", "\e[31m", "\e]633;E;ls -l;nonce;1\a", "\e]633;D;0;nonce;1\e\\", "\e]633;", "\e]63", "\e", "\e\e]633;A\a", "\a", "\\", "é🙂",
        "\e]633;unfinished\r\n", "\e]633;cut\e[0m", "\e]633;cut\e]633;whole\a", "\e]0;title\a", "\e]133;A\a",
    ];

    [Fact]
    public void How_the_output_is_cut_changes_nothing()
    {
        var cases = from pieces in Gen.Elements(Pieces).ArrayOf(60)
                    from cuts in Gen.Choose(1, 40).ArrayOf(32)
                    select (Encoding.UTF8.GetBytes(string.Concat(pieces)), cuts);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), ((byte[] Output, int[] Cuts) c) =>
        {
            var cut = new List<byte[]>();
            for (int at = 0, i = 0; at < c.Output.Length; i++)
            {
                var length = Math.Min(c.Cuts[i % c.Cuts.Length], c.Output.Length - at);
                cut.Add(c.Output[at..(at + length)]);
                at += length;
            }

            Assert.Equal(Read(c.Output), Read([.. cut]));
        }));
    }

    [Fact]
    public void Marks_are_found_whole_and_nothing_else()
    {
        Assert.Equal(["E;a;n;1", "D;0;n;1"], Read("x\e]633;E;a;n;1\ay\e]633;D;0;n;1\e\\z"u8.ToArray()));
        Assert.Equal(["whole"], Read("\e]633;cut\e]633;whole\a"u8.ToArray()));
        Assert.Equal(["after"], Read("\e]633;line\r\nend\a\e]0;t\a\e]633;after\a"u8.ToArray()));
    }

    [Fact]
    public void A_mark_that_never_ends_takes_no_memory_and_hides_no_other()
    {
        var marks = new ShellMarks();
        Assert.Empty(marks.Read("\e]633;"u8));
        var noise = Encoding.ASCII.GetBytes(new string('x', 10_000));
        for (var i = 0; i < 50; i++)
        {
            Assert.Empty(marks.Read(noise));
        }

        Assert.Equal(["A"], marks.Read("\a\e]633;A\a"u8));
    }

    private static List<string> Read(params byte[][] output)
    {
        var marks = new ShellMarks();
        return [.. output.SelectMany(o => marks.Read(o).ToList())];
    }
}
