using System.Diagnostics;
using System.Text;
using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>A run's output is found at any line at once, however long it is.</summary>
public sealed class RunFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-runs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public async Task Any_range_of_lines_is_read_as_it_was_written(int count)
    {
        var files = new RunFiles(_folder);
        Write(files, count);
        Assert.Equal(count, await files.CountAsync("run", CancellationToken.None));
        foreach (var from in new[] { 0, 1, 62, 63, 64, 65, 128, 999, 1000, 5000 })
        {
            Assert.Equal(
                Enumerable.Range(from, Math.Max(0, Math.Min(10, count - from))).Select(Text),
                await files.ReadAsync("run", from, 10, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_million_lines_are_counted_read_and_searched_in_no_time()
    {
        const int Count = 1_000_000;
        var files = new RunFiles(_folder);
        Write(files, Count);

        // The fastest of a few: it is how much there is to do that is looked at, and not what else the machine does.
        var fastest = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(Count, await files.CountAsync("run", CancellationToken.None));
            foreach (var from in new[] { 999_990, 500_000, 3 })
            {
                Assert.Equal(Text(from), (await files.ReadAsync("run", from, 500, CancellationToken.None))[0]);
            }

            fastest = Math.Min(fastest, clock.ElapsedMilliseconds);
        }

        Assert.True(fastest < 300, $"It took {fastest} ms.");
        Assert.Equal([777_777], await files.FindAsync("run", "LINE 777777 ", 10, CancellationToken.None));
        Assert.Empty(await files.FindAsync("run", "0;32m", 10, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_too_much_is_counted_instead_of_kept()
    {
        var files = new RunFiles(_folder);
        using (var writer = new RunWriter(files, "run", 100))
        {
            for (var i = 0; i < 50; i++)
            {
                writer.Line("0123456789"u8);
            }
        }

        var lines = await files.ReadAsync("run", 0, 100, CancellationToken.None);
        Assert.Equal(11, lines.Count);
        Assert.Equal("[40 more lines were not kept: the output is longer than 0 MB.]", lines[^1]);
    }

    [Fact]
    public async Task Of_too_many_events_the_first_are_kept_and_the_recap_and_that_is_known()
    {
        var files = new RunFiles(_folder);
        using (var writer = new RunWriter(files, "run", long.MaxValue))
        {
            for (var i = 0; i < RunWriter.MostEvents; i++)
            {
                writer.Event("{}"u8);
            }

            Assert.False(writer.IsCut);
            writer.Event("{}"u8);
            Assert.True(writer.IsCut);
            new RunOutput(writer, new RunProgress(new Dictionary<string, string>()), _ => null).Take([RunEvent.Mark, .. """{"e":"stats","hosts":{}}"""u8], isError: false);
        }

        var kept = await File.ReadAllLinesAsync(files.Events("run"));
        Assert.Equal(RunWriter.MostEvents + 1, kept.Length);
        Assert.Contains("\"stats\"", kept[^1], StringComparison.Ordinal);
    }

    private static void Write(RunFiles files, int count)
    {
        using var writer = new RunWriter(files, "run", long.MaxValue);
        for (var i = 0; i < count; i++)
        {
            writer.Line(Encoding.UTF8.GetBytes(Text(i)));
        }
    }

    private static string Text(int line) => $"\x1b[0;32mok: [hōst-{line % 70}] => line {line} of the output of a task\x1b[0m";
}
