using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Infrastructure.Ssh;

public sealed class SshConnectionTests
{
    [Fact]
    public async Task A_host_that_opens_no_more_sessions_keeps_its_connection()
    {
        await using var server = await SshServer.StartAsync();
        await server.StopAsync();
        server.Settings.Add("Match all\n  MaxSessions 2");
        await server.RestartAsync();
        var data = Directory.CreateTempSubdirectory("homelab-ssh-");
        var connection = await ConnectAsync(server, data);
        await using (connection)
        {
            var first = await connection.RunAsync("cat", CancellationToken.None);
            var second = await connection.RunAsync("cat", CancellationToken.None);
            var files = FilesOf(connection.Pid);
            for (var i = 0; i < 40; i++)
            {
                var refused = await Assert.ThrowsAsync<IOException>(() => connection.RunAsync("cat", CancellationToken.None));
                Assert.Contains("MaxSessions", refused.Message, StringComparison.Ordinal);
            }

            Assert.InRange(FilesOf(connection.Pid), 1, files + 2);

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

            Assert.InRange(FilesOf(connection.Pid), 1, files + 2);
            Assert.False(connection.Closed.IsCompleted);
            await second.DisposeAsync();
        }

        data.Delete(recursive: true);
    }

    /// <summary>ssh ends a shared connection, and every terminal on it, when a client of its leaves in a way that it does not expect.</summary>
    [Fact]
    public async Task Channels_that_end_in_any_way_and_at_any_moment_leave_the_connection()
    {
        await using var server = await SshServer.StartAsync();
        var data = Directory.CreateTempSubdirectory("homelab-ssh-");
        var connection = await ConnectAsync(server, data);
        await using (connection)
        {
            var shell = await connection.RunAsync("cat", CancellationToken.None);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(UseAsync));
            var answer = new byte[10];
            await shell.WriteAsync("alive"u8.ToArray(), CancellationToken.None);
            Assert.Equal(5, await shell.ReadAsync(answer, CancellationToken.None));
            await shell.DisposeAsync();
            Assert.False(connection.Closed.IsCompleted);
        }

        data.Delete(recursive: true);

        async Task UseAsync(int seed)
        {
            var random = new Random(seed);
            var buffer = new byte[64 * 1024];
            for (var i = 0; i < 60; i++)
            {
                using var limit = new CancellationTokenSource();
                var command = random.Next(4) switch { 0 => "true", 1 => "cat", 2 => "yes | head -c 500000", _ => "echo no >&2; exit 3" };
                if (random.Next(4) == 0)
                {
                    limit.CancelAfter(random.Next(8));
                }

                try
                {
                    var channel = await connection.RunAsync(command, limit.Token);
                    try
                    {
                        for (var reads = random.Next(6); reads > 0 && command != "cat" && await channel.ReadAsync(buffer, limit.Token) > 0; reads--)
                        {
                        }

                        if (random.Next(2) == 0)
                        {
                            await channel.WriteAsync("typed\n"u8.ToArray(), limit.Token);
                        }
                    }
                    finally
                    {
                        await channel.DisposeAsync();
                    }
                }
                catch (Exception end) when (end is OperationCanceledException or IOException && !connection.Closed.IsCompleted)
                {
                    // Some are cancelled, and some are refused: sshd opens 10 at once.
                }
            }

            Assert.False(connection.Closed.IsCompleted, connection.Closed.IsCompleted ? (await connection.Closed).Detail : null);
        }
    }

    private static async Task<SshConnection> ConnectAsync(SshServer server, DirectoryInfo data)
    {
        var folder = new SshFolder(data.FullName);
        var ledger = new ProcessLedger(Path.Combine(data.FullName, "processes.json"));
        var keys = new DashboardKeyPair(folder, ledger);
        await keys.EnsureAsync(CancellationToken.None);
        server.Authorize((await keys.ReadAsync(CancellationToken.None)).ToString());
        Assert.True(SshPublicKey.TryParse(server.HostKey, out var hostKey));
        var host = new SshHostEntry("fewsessions", server.Address, server.Port, server.User, hostKey, null);
        await new SshConfig(folder, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5)).WriteAsync([host], CancellationToken.None);
        var (connection, failure) = await SshConnection.OpenAsync(folder, host, ledger, TimeProvider.System, CancellationToken.None);
        return connection ?? throw new InvalidOperationException(failure!.Detail);
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
