using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Metrics;

namespace HomelabDashboard.Tests.Features.Metrics;

public sealed class MetricFrameParserTests
{
    private const string Mark = "0123456789abcdef01234567";
    private const string Frame = $"{Mark} begin 7\n/proc/stat:cpu 1 2 3 4\n{Mark} df\n/dev/vda 10 5 5 50% /\n{Mark} end 7\n";

    [Fact]
    public void A_frame_is_found_after_any_garbage_and_in_any_pieces() =>
        Prop.ForAll<byte[], byte[], PositiveInt>((before, after, size) =>
        {
            byte[] bytes = [.. before, (byte)'\n', .. Encoding.UTF8.GetBytes(Frame), .. after];
            var parser = new MetricFrameParser(Mark);
            var frame = Assert.IsType<MetricFrame>(Assert.Single(bytes.Chunk(size.Get).SelectMany(piece => parser.Push(piece))));
            Assert.Equal(7, frame.Number);
            Assert.Equal("/proc/stat:cpu 1 2 3 4", Assert.Single(frame.Section("files")));
            Assert.Equal("/dev/vda 10 5 5 50% /", Assert.Single(frame.Section("df")));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_frame_that_is_cut_short_is_none_and_the_next_one_is_found() =>
        Prop.ForAll(Gen.Choose(0, Frame.Length - 2).ToArbitrary(), length =>
        {
            var parser = new MetricFrameParser(Mark);
            var messages = parser.Push(Encoding.UTF8.GetBytes(Frame[..length] + "\n" + Frame));
            Assert.Equal("/proc/stat:cpu 1 2 3 4", Assert.Single(Assert.IsType<MetricFrame>(Assert.Single(messages)).Section("files")));
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Lines_and_frames_without_end_are_left_out_and_not_held()
    {
        var parser = new MetricFrameParser(Mark);
        var megabyte = new byte[1024 * 1024];
        Array.Fill(megabyte, (byte)'x');
        Assert.Empty(parser.Push(megabyte));
        Assert.Empty(parser.Push("\n"u8));

        var line = Encoding.ASCII.GetBytes(new string('y', 4000) + "\n");
        Assert.Empty(parser.Push(Encoding.ASCII.GetBytes($"{Mark} begin 1\n")));
        for (var i = 0; i < 100; i++)
        {
            Assert.Empty(parser.Push(line));
        }

        Assert.Empty(parser.Push(Encoding.ASCII.GetBytes($"{Mark} end 1\n")));
        Assert.Single(parser.Push(Encoding.UTF8.GetBytes(Frame)));
    }

    [Fact]
    public void A_host_that_opens_sections_for_ever_fills_nothing()
    {
        var parser = new MetricFrameParser(Mark);
        parser.Push(Encoding.UTF8.GetBytes($"{Mark} begin 1\n"));
        for (var i = 0; i < 100_000; i++)
        {
            parser.Push(Encoding.UTF8.GetBytes($"{Mark} s{i}\n"));
        }

        // The frame was given up long before its end, and the next one is whole.
        Assert.Empty(parser.Push(Encoding.UTF8.GetBytes($"{Mark} end 1\n")));
        Assert.Single(parser.Push(Encoding.UTF8.GetBytes(Frame)));
    }

    [Fact]
    public void Without_the_mark_nobody_speaks_for_the_collector()
    {
        var parser = new MetricFrameParser(Mark);
        Assert.Empty(parser.Push("ready\nxx begin 1\nxx end 1\n"u8));
        Assert.Empty(parser.Push(Encoding.UTF8.GetBytes($" {Mark} ready\n{Mark}ready\n{Mark} end 7\n{Mark} \n{Mark}\n")));
        Assert.IsType<CollectorReady>(Assert.Single(parser.Push(Encoding.UTF8.GetBytes($"{Mark} ready\r\n"))));
        Assert.Equal("no_proc", Assert.IsType<CollectorError>(Assert.Single(parser.Push(Encoding.UTF8.GetBytes($"{Mark} error no_proc\n")))).Word);
    }
}
