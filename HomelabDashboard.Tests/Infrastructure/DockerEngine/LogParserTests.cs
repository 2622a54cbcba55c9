using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Tests.Infrastructure.DockerEngine;

public sealed class LogParserTests
{
    [Fact]
    public void Lines_of_both_streams_are_the_same_however_they_are_cut()
    {
        var lines = Gen.Zip(Gen.Elements(1, 2), Gen.Elements("", "a", "zwölf Boxkämpfer", "\u001b[31mred", new string('x', 300))).ListOf();
        var cuts = Gen.Choose(1, 40);
        Prop.ForAll(Gen.Zip(lines, cuts).ToArbitrary(), given =>
        {
            var (written, cut) = given;
            var bytes = written.SelectMany(l => Frame(l.Item1, l.Item2 + "\n")).ToArray();
            Assert.Equal(written.Select(l => new LogLine(null, l.Item1 == 2, l.Item2)), Parse(new LogParser(framed: true, timestamps: false), bytes, cut));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_bytes_come_nothing_grows_and_nothing_but_a_refusal_is_thrown() =>
        Prop.ForAll<byte[], bool>((bytes, framed) =>
        {
            var parser = new LogParser(framed, timestamps: true);
            try
            {
                Assert.All(Parse(parser, bytes, 7), l => Assert.True(l.Text.Length <= LogParser.LongestLine));
            }
            catch (EngineException)
            {
                Assert.True(framed);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_frame_may_hold_half_a_line_or_several()
    {
        byte[] bytes = [.. Frame(1, "on"), .. Frame(2, "err\n"), .. Frame(1, "e\ntwo\nthr"), .. Frame(1, "ee")];
        Assert.Equal(
            [new(null, true, "err"), new(null, false, "one"), new(null, false, "two"), new(null, false, "three")],
            Parse(new LogParser(framed: true, timestamps: false), bytes, 5));
    }

    [Fact]
    public void Times_are_read_and_lines_of_a_terminal_end_as_terminals_end_them()
    {
        var bytes = Encoding.UTF8.GetBytes("2026-03-01T12:00:00.123456789Z first\r\n2026-03-01T12:00:01Z \nno time\n");
        var lines = Parse(new LogParser(framed: false, timestamps: true), bytes, 11);
        Assert.Equal(["first", "", "no time"], lines.Select(l => l.Text));
        Assert.Equal(new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).AddTicks(1234567), lines[0].At);
        Assert.Equal(new DateTime(2026, 3, 1, 12, 0, 1, DateTimeKind.Utc), lines[1].At);
        Assert.Null(lines[2].At);
    }

    [Fact]
    public void A_line_without_an_end_is_cut_and_keeps_its_time()
    {
        var bytes = Encoding.UTF8.GetBytes("2026-03-01T12:00:00Z " + new string('x', 3 * LogParser.LongestLine) + "\nnext\n");
        var lines = Parse(new LogParser(framed: false, timestamps: true), bytes, 1000);
        Assert.Equal(3 * LogParser.LongestLine, lines.Take(lines.Count - 1).Sum(l => l.Text.Length));
        Assert.All(lines.Take(lines.Count - 1), l => Assert.Equal(new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc), l.At));
        Assert.Equal("next", lines[^1].Text);
    }

    [Fact]
    public void What_is_no_frame_is_refused() =>
        Assert.Throws<EngineException>(() => Parse(new LogParser(framed: true, timestamps: false), "HTTP/1.1 200 OK\r\n"u8.ToArray(), 100));

    private static byte[] Frame(int stream, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var frame = new byte[8 + body.Length];
        frame[0] = (byte)stream;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length);
        body.CopyTo(frame, 8);
        return frame;
    }

    private static List<LogLine> Parse(LogParser parser, byte[] bytes, int cut)
    {
        var lines = new List<LogLine>();
        foreach (var piece in bytes.Chunk(cut))
        {
            parser.Add(piece, lines);
        }

        parser.Finish(lines);
        return lines;
    }
}
