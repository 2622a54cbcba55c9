using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Infrastructure.Ssh;

public sealed class SshConnectionTests
{
    [Fact]
    public async Task A_host_that_opens_no_more_sessions_keeps_its_connection()
    {
        var data = Directory.CreateTempSubdirectory("homelab-ssh-");
        await using var server = await SshServer.StartAsync();
        await server.StopAsync();
        server.Settings.Add("Match all\n  MaxSessions 2");
        await server.RestartAsync();
        var folder = new SshFolder(data.FullName);
        var ledger = new ProcessLedger(Path.Combine(data.FullName, "processes.json"));
        var keys = new DashboardKeyPair(folder, ledger);
        await keys.EnsureAsync(CancellationToken.None);
        server.Authorize((await keys.ReadAsync(CancellationToken.None)).ToString());
        Assert.True(SshPublicKey.TryParse(server.HostKey, out var hostKey));
        var host = new SshHostEntry("fewsessions", server.Address, server.Port, server.User, hostKey, null);
        await new SshConfig(folder, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)).WriteAsync([host], CancellationToken.None);
        var (connection, _) = await SshConnection.OpenAsync(folder, host, ledger, TimeProvider.System, CancellationToken.None);
        await using (connection!)
        {
            var first = await connection!.RunAsync("cat", CancellationToken.None);
            var second = await connection.RunAsync("cat", CancellationToken.None);
            var files = FilesOf(connection.Pid);
            for (var i = 0; i < 40; i++)
            {
                var refused = await Assert.ThrowsAsync<IOException>(() => connection.RunAsync("cat", CancellationToken.None));
                Assert.Contains("MaxSessions", refused.Message, StringComparison.Ordinal);
            }

            Assert.InRange(FilesOf(connection.Pid), 1, files + 1);

            // One who does not wait for the answer does not end the connection either.
            Assert.NotNull(await Record.ExceptionAsync(() => connection.RunAsync("cat", new CancellationToken(canceled: true))));
            await first.DisposeAsync();

            // The socket that a refusal left is used by one channel after another: one that is read to its end, and one that is left while it is read.
            for (var i = 0; i < 5; i++)
            {
                var next = await FreeAsync(connection, "echo still here");
                var answer = new byte[100];
                Assert.Equal("still here\n", System.Text.Encoding.UTF8.GetString(answer, 0, await next.ReadAsync(answer, CancellationToken.None)));
                Assert.Equal(0, await next.ReadAsync(answer, CancellationToken.None));
                await next.DisposeAsync();
                var left = await FreeAsync(connection, "cat");
                var reading = left.ReadAsync(answer, CancellationToken.None).AsTask();
                await left.DisposeAsync();
                await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
            }

            Assert.InRange(FilesOf(connection.Pid), 1, files + 1);
            Assert.False(connection.Closed.IsCompleted);
            await second.DisposeAsync();
        }

        data.Delete(recursive: true);
    }

    private static int FilesOf(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    private static Task<SshChannel> FreeAsync(SshConnection connection, string command) => Until.NotNullAsync(
        async () =>
        {
            try
            {
                return await connection.RunAsync(command, CancellationToken.None);
            }
            catch (IOException)
            {
                return null;
            }
        },
        "a session is free again");
}
