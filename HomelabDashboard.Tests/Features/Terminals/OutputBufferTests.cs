using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Tests.Features.Terminals;

public sealed class OutputBufferTests
{
    [Fact]
    public void What_was_appended_is_read_back_from_any_place_that_is_still_there()
    {
        var pieces = ArbMap.Default.ArbFor<byte>().Generator.ArrayOf(70_000).ArrayOf().Where(p => p.Length > 0);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10), Prop.ForAll(pieces.ToArbitrary(), (byte[][] appended) =>
        {
            var buffer = new OutputBuffer();
            foreach (var piece in appended)
            {
                buffer.Append(piece);
            }

            var all = appended.SelectMany(p => p).ToArray();
            var start = Math.Max(0, all.Length - OutputBuffer.Capacity);
            Assert.Equal(all.Length, buffer.End);
            Assert.True(buffer.Start <= start);
            var read = new List<byte>();
            while (start + read.Count < buffer.End)
            {
                read.AddRange(buffer.Read(start + read.Count, 65_521));
            }

            Assert.True(read.SequenceEqual(all.Skip(start)));
        }));
    }

    [Fact]
    public void It_holds_no_more_than_its_capacity_and_says_what_is_gone()
    {
        var buffer = new OutputBuffer();
        var block = new byte[64 * 1024];
        for (var i = 0; i < 100; i++)
        {
            block.AsSpan().Fill((byte)i);
            buffer.Append(block);
        }

        Assert.Equal(100L * block.Length, buffer.End);
        Assert.Equal(buffer.End - OutputBuffer.Capacity, buffer.Start);
        Assert.Equal(100 - (OutputBuffer.Capacity / block.Length), buffer.Read(buffer.Start, 1)[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Read(buffer.Start - 1, 1));
    }

    /// <summary>Against a list of every byte with its size.</summary>
    [Fact]
    public void Every_byte_knows_the_size_that_it_was_put_out_for()
    {
        var steps = Gen.Choose(0, 3).Two().Select(s => (Length: s.Item1 * 40_000, Columns: 80 + s.Item2)).ArrayOf().Resize(60);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(steps.ToArbitrary(), ((int Length, int Columns)[] taken) =>
        {
            var buffer = new OutputBuffer();
            buffer.Resize(79, 24);
            var (columns, ends) = (79, new List<(long End, int Columns)>());
            foreach (var step in taken)
            {
                if (step.Length > 0)
                {
                    buffer.Append(new byte[step.Length]);
                    ends.Add((buffer.End, columns));
                }

                buffer.Resize(columns = step.Columns, 24);
            }

            ends.Add((long.MaxValue, columns));
            for (var at = buffer.Start; at <= buffer.End; at += 10_000)
            {
                var expected = ends.First(e => e.End > at).Columns;
                Assert.Equal(expected, buffer.SizeAt(at)!.Value.Columns);
                var next = ends.FirstOrDefault(e => e.End > at && e.Columns != expected);
                Assert.Equal(next.Columns == 0 ? null : next.Columns, buffer.SizeAfter(at)?.Columns);
            }
        }));
    }

    [Fact]
    public void A_storm_of_sizes_is_bounded()
    {
        var buffer = new OutputBuffer();
        for (var i = 0; i < 10_000; i++)
        {
            buffer.Append("x"u8);
            buffer.Resize(100 + (i % 7), 30);
        }

        var changes = 1;
        for (var at = buffer.SizeAt(0)!.Value; buffer.SizeAfter(at.Offset) is { } next; at = next)
        {
            changes++;
        }

        Assert.Equal(256, changes);
    }

    [Fact]
    public void A_short_output_is_replayed_whole()
    {
        var buffer = new OutputBuffer();
        buffer.Append("$ ls\r\n"u8);
        Assert.Equal(0, buffer.ReplayFrom().Offset);
        Assert.Equal("$ ls\r\n", Encoding.ASCII.GetString(buffer.Read(0, 100)));
    }

    [Fact]
    public void A_long_output_is_replayed_from_a_line_s_beginning_a_mebibyte_back()
    {
        var buffer = new OutputBuffer();
        for (var i = 0; buffer.End < 6_000_000; i++)
        {
            buffer.Append(Encoding.ASCII.GetBytes($"line {i} of the log, in \e[32mgreen\e[0m\r\n"));
        }

        var from = buffer.ReplayFrom().Offset;
        Assert.InRange(buffer.End - from, OutputBuffer.ReplayLength, OutputBuffer.ReplayLength + OutputScanner.MaxSpacing + 100);
        Assert.StartsWith("line ", Encoding.ASCII.GetString(buffer.Read(from, 100)), StringComparison.Ordinal);
    }
}
