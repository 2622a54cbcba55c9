using System.Diagnostics;
using System.Text;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Metrics;

/// <summary>The script itself, in each shell that hosts have.</summary>
public sealed class CollectorScriptTests
{
    private const string Mark = "feedfacefeedfacefeedface";

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("bash", "--posix")]
    [InlineData("busybox", "sh")]
    public async Task Every_shell_gives_this_machines_figures_and_ends_with_its_input(string program, params string[] arguments)
    {
        using var shell = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "HomelabDashboard/Features/Metrics/collector.sh"));
        var parser = new MetricFrameParser(Mark);
        var messages = new Queue<CollectorMessage>();
        await shell.StandardInput.WriteAsync(script.Replace("@MARK@", Mark, StringComparison.Ordinal));
        await shell.StandardInput.FlushAsync();
        Assert.IsType<CollectorReady>(await NextAsync());

        var figures = new HostFigures();
        figures.Read(await AskAsync("full 1"), DateTime.UnixEpoch, 1);
        var reading = figures.Read(await AskAsync("full 2"), DateTime.UnixEpoch, 1);
        await AskAsync("nonsense\nfast 3");

        var sample = reading.Sample;
        Assert.Equal(Environment.ProcessorCount, sample.CpuCount);
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/kernel/hostname")).Trim(), sample.Hostname);
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim(), sample.KernelVersion);
        var root = new DriveInfo("/");
        Assert.Equal(root.TotalSize / 1024d / 1024 / 1024, sample.Root!.TotalGb, 0.1);
        Assert.InRange(sample.MemoryUsagePercent!.Value, 1, 99.9);
        Assert.InRange(sample.UptimeSeconds!.Value, 1, long.MaxValue);
        Assert.NotNull(sample.OsName);
        Assert.NotNull(sample.CpuLoad15m);
        Assert.NotNull(sample.CpuModel);

        shell.StandardInput.Close();
        await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, shell.ExitCode);

        async Task<MetricFrame> AskAsync(string request)
        {
            await shell.StandardInput.WriteAsync(request + "\n");
            await shell.StandardInput.FlushAsync();
            return Assert.IsType<MetricFrame>(await NextAsync());
        }

        async Task<CollectorMessage> NextAsync()
        {
            var buffer = new char[4096];
            while (messages.Count == 0)
            {
                var count = await shell.StandardOutput.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
                Assert.NotEqual(0, count);
                foreach (var message in parser.Push(Encoding.UTF8.GetBytes(buffer, 0, count)))
                {
                    messages.Enqueue(message);
                }
            }

            return messages.Dequeue();
        }
    }
}
