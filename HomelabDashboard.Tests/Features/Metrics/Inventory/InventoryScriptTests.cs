using System.Diagnostics;
using System.Text;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Metrics.Inventory;

/// <summary>The script itself, in each shell that hosts have, with programs that answer, hang, fail, or never stop.</summary>
public sealed class InventoryScriptTests : IDisposable
{
    private const string Mark = "feedfacefeedfacefeedface";
    private static readonly DateTime At = DateTime.UnixEpoch;
    private readonly HostPrograms _programs = new();

    public void Dispose() => _programs.Dispose();

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("bash", "--posix")]
    [InlineData("busybox", "sh")]
    public async Task Every_shell_reads_what_the_programs_print(string program, params string[] arguments)
    {
        string? seen = null;
        var frames = await RunAsync(program, arguments, closer: true);
        var inventory = InventoryFrames.Second(frames[1], At, InventoryFrames.First(frames[0], At, null), ref seen);
        Assert.Equal(["sda", "sdb", "sdc", "sdd", "nvme0n1"], inventory.Devices.Select(d => d.Name));
        Assert.Equal(["tank", "scratch"], inventory.ZfsPools.Select(p => p.Name));
        Assert.Equal(5, inventory.ZfsPools[0].Devices.Count);
        Assert.Equal(3, inventory.Updates!.Count);
        if (Environment.IsPrivilegedProcess)
        {
            Assert.Equal([("nvme0n1", true, 38), ("sda", true, 33), ("sdb", null, null), ("sdc", false, null), ("sdd", false, (double?)null)], inventory.Disks.Select(d => (d.Name, d.Passed, d.TemperatureCelsius)));
            Assert.True(inventory.Disks[2].Asleep);
        }

        Assert.Equal(Environment.IsPrivilegedProcess ? SourceStatus.Read : SourceStatus.NeedsRoot, inventory.Source("lvm").Status);
        Assert.Equal(Environment.IsPrivilegedProcess ? 6 : null, inventory.Lvm?.Volumes.Count);

        // What was reckoned once is not reckoned again.
        var again = await RunAsync(program, arguments, closer: true, seen);
        Assert.False(again[1].Has("apt"));
        Assert.Same(inventory.Updates, InventoryFrames.Second(again[1], At, inventory, ref seen).Updates);
        Assert.Single(await RunAsync(program, arguments, closer: false));
    }

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    [InlineData("busybox", "sh")]
    public async Task A_program_that_fails_floods_or_hangs_is_said_and_the_others_are_read(string program, params string[] arguments)
    {
        _programs.Write("lsblk", "yes '{\"name\":\"sda\"}'");
        _programs.Write("zpool", "echo 'Permission denied the ZFS utilities must be run as root.' >&2; exit 1");
        _programs.Write("apt-get", "exec sleep 60");
        var frames = await RunAsync(program, arguments, closer: true);
        string? seen = null;
        var inventory = InventoryFrames.Second(frames[1], At, InventoryFrames.First(frames[0], At, null), ref seen);
        Assert.Equal(SourceStatus.Failed, inventory.Source("lsblk").Status);
        Assert.Equal((SourceStatus.Failed, "Permission denied the ZFS utilities must be run as root."), (inventory.Source("zfs").Status, inventory.Source("zfs").Detail));
        Assert.Equal((SourceStatus.TimedOut, null), (inventory.Source("updates").Status, inventory.Updates));
    }

    private async Task<List<MetricFrame>> RunAsync(string program, string[] arguments, bool closer, string? seen = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_programs.Folder}:{start.Environment["PATH"]}";
        using var shell = Process.Start(start)!;
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "HomelabDashboard/Features/Metrics/Inventory/inventory.sh"));
        await shell.StandardInput.WriteAsync(script.Replace("@MARK@", Mark, StringComparison.Ordinal).Replace("@CLOSER@", closer ? "yes" : "no", StringComparison.Ordinal)
            .Replace("@SEEN@", seen, StringComparison.Ordinal).Replace("@SECONDS@", "2", StringComparison.Ordinal));
        await shell.StandardInput.FlushAsync();
        var output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return [.. new MetricFrameParser(Mark, 1024 * 1024).Push(Encoding.UTF8.GetBytes(output)).Cast<MetricFrame>()];
    }
}
