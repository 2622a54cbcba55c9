using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class OutputScannerTests
{
    /// <summary>Pieces that a terminal's output is made of, hostile ones among them.</summary>
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "plain text ", "\r\n", "\n", "\e[31m", "\e[0m", "\e[1;1H", "\e[?1049h", "\e[?1049l", "\e[?25l", "\e[?25h", "\e[?2004h", "\e[?1;1000;1006h",
            "\e[!p", "\ec", "\e=", "\e>", "\e]0;a title\a", "\e]8;;https://example.test/\e\\", "\eP1$r0m\e\\", "\e(B", "é", "中文", "🙂", "\u009b1m", "\u009d0;t\u009c",
            "\e[?", "\e", "\e]unfinished", "\x18", "\x1a", "\b", "\e[999999999999;;;;;;;;;;;;;;;;;;;;;h",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xe2, 0x82], [0xc2], [0x80], [0xf0, 0x9f], new byte[3000], [.. Enumerable.Repeat((byte)'x', 9000)],
    ];

    private static readonly Gen<byte[]> Output =
        Gen.Elements(Pieces).ArrayOf(400).Select(chosen => chosen.SelectMany(p => p).ToArray());

    [Fact]
    public void How_the_output_is_cut_changes_nothing()
    {
        var cases = from output in Output
                    from cuts in Gen.Choose(1, 5000).ArrayOf(64)
                    select (output, cuts);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(cases.ToArbitrary(), (((byte[] Output, int[] Cuts) c) =>
        {
            var whole = Scan([c.Output]);
            var cut = new List<byte[]>();
            for (int at = 0, i = 0; at < c.Output.Length; i++)
            {
                var length = Math.Min(c.Cuts[i % c.Cuts.Length], c.Output.Length - at);
                cut.Add(c.Output[at..(at + length)]);
                at += length;
            }

            Assert.Equal(whole, Scan(cut));
        })));
    }

    [Fact]
    public void Safe_points_are_never_inside_a_sequence_or_a_character()
    {
        // Only whole pieces: then a safe point must lie at the edge of one, or inside plain text.
        var whole = Gen.Elements("plain text ", "\r\n", "\e[31m", "\e[?25l", "\e]0;a title of some length\a", "é", "中文", "🙂", "\eP1$r0m\e\\", "\u009b1m", new string('x', 500)).ArrayOf(3000);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(whole.ToArbitrary(), (string[] pieces) =>
        {
            var safe = new HashSet<long>();
            long at = 0;
            foreach (var piece in pieces)
            {
                var length = Encoding.UTF8.GetByteCount(piece);
                var plain = piece[0] >= ' ' && piece.All(char.IsAscii);
                for (var i = 0; i <= length; i++)
                {
                    if (plain || i == length || i == 0)
                    {
                        safe.Add(at + i);
                    }
                }

                // Each character of a word in another script is a whole of its own.
                if (piece == "中文")
                {
                    safe.Add(at + 3);
                }

                at += length;
            }

            var points = Scan([Encoding.UTF8.GetBytes(string.Concat(pieces))]);
            Assert.All(points, p => Assert.Contains(p.Offset, safe));
            Assert.True(at < OutputScanner.MaxSpacing || points.Count > 0);
        }));
    }

    [Theory]
    [InlineData("\e[?1049h\e[?1;2004h", "\e[?1h\e[?1049h\e[?2004h")]
    [InlineData("\e[?25l\e[?7l", "\e[?7l\e[?25l")]
    [InlineData("\e[?25l\e[?25h", "")]
    [InlineData("\e[?1000h\e[?1006h\e[?1049h\e[?1049l", "\e[?1000h\e[?1006h")]
    [InlineData("\e=\e[?1h\e[!p", "")]
    [InlineData("\e=", "\e=")]
    [InlineData("\e[?1049h\ec", "")]
    [InlineData("\e[1049h", "")]
    [InlineData("\e]0;\e[?25l\a", "\e[?25l")] // ESC ends a string, and what follows is a sequence
    [InlineData("\u009b?25l", "\e[?25l")]
    public void The_modes_of_the_moment_come_with_the_place(string output, string restored)
    {
        var filler = new string('x', OutputScanner.Spacing) + "\n";
        var point = Assert.Single(Scan([Encoding.UTF8.GetBytes(output + filler)]));
        Assert.Equal(restored, Encoding.ASCII.GetString(point.Modes.ToBytes()));
    }

    [Theory]
    [InlineData("\e]0;")]
    [InlineData("\eP")]
    [InlineData("\e[1")]
    [InlineData("\e(")]
    public void A_sequence_that_never_ends_does_not_keep_a_replay_from_beginning(string opening)
    {
        var endless = Encoding.ASCII.GetBytes(opening + new string(opening == "\e[1" ? '1' : opening == "\e(" ? '(' : 'x', OutputScanner.MaxSequence + (3 * OutputScanner.MaxSpacing)));
        Assert.NotEmpty(Scan([endless]));
    }

    private static List<(long Offset, TerminalModes Modes)> Scan(IEnumerable<byte[]> output)
    {
        var found = new List<(long, TerminalModes)>();
        var scanner = new OutputScanner();
        foreach (var piece in output)
        {
            scanner.Scan(piece, (offset, modes) => found.Add((offset, modes)));
        }

        return found;
    }
}
