using System.Diagnostics;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Infrastructure.Processes;

public sealed class ProcessLedgerTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("homelab-ledger-").FullName, "processes.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public async Task What_a_crash_left_over_is_ended_with_its_children()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 300 & echo $!; wait"]) { RedirectStandardOutput = true })!;
        var child = ProcessIdentity.Of(int.Parse((await process.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture))!;
        new ProcessLedger(_file).Add(ProcessIdentity.Of(process.Id)!);

        Assert.Equal(1, new ProcessLedger(_file).EndLeftovers());

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        Assert.False(child.IsRunning);
        Assert.Equal(0, new ProcessLedger(_file).EndLeftovers());
    }

    [Fact]
    public async Task What_its_child_has_left_behind_in_its_session_is_ended_too()
    {
        using var process = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", "sh -c 'sleep 300 > /dev/null & echo $!'; sleep 300"]) { RedirectStandardOutput = true })!;
        var left = ProcessIdentity.Of(int.Parse((await process.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture))!;
        try
        {
            new ProcessLedger(_file).Add(ProcessIdentity.Of(process.Id)!);
            Assert.Equal(1, new ProcessLedger(_file).EndLeftovers());
            await Until.TrueAsync(() => !left.IsRunning, "what was left behind is ended");
        }
        finally
        {
            left.Kill();
        }
    }

    [Fact]
    public void A_process_that_has_only_the_same_pid_is_left_alone()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        try
        {
            var self = ProcessIdentity.Of(process.Id)!;
            new ProcessLedger(_file).Add(self with { StartTicks = self.StartTicks - 1 });
            new ProcessLedger(_file).Add(self with { BootId = "another boot" });
            Assert.Equal(0, new ProcessLedger(_file).EndLeftovers());
            Assert.True(self.IsRunning);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void What_ended_properly_is_no_leftover()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        try
        {
            var self = ProcessIdentity.Of(process.Id)!;
            var ledger = new ProcessLedger(_file);
            ledger.Add(self);
            ledger.Remove(self);
            Assert.Equal(0, new ProcessLedger(_file).EndLeftovers());
            Assert.True(self.IsRunning);
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[{}]")]
    [InlineData("null")]
    public void A_broken_file_is_no_reason_not_to_start(string content)
    {
        File.WriteAllText(_file, content);
        Assert.Equal(0, new ProcessLedger(_file).EndLeftovers());
    }
}
