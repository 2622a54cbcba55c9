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
            for (var i = 0; i < 3; i++)
            {
                var refused = await Assert.ThrowsAsync<IOException>(() => connection.RunAsync("cat", CancellationToken.None));
                Assert.Contains("MaxSessions", refused.Message, StringComparison.Ordinal);
            }

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.RunAsync("cat", new CancellationToken(canceled: true)));
            await first.DisposeAsync();
            var third = await Until.NotNullAsync(
                async () =>
                {
                    try
                    {
                        return await connection.RunAsync("echo still here", CancellationToken.None);
                    }
                    catch (IOException)
                    {
                        return null;
                    }
                },
                "a session is free again");
            var answer = new byte[100];
            Assert.Equal("still here\n", System.Text.Encoding.UTF8.GetString(answer, 0, await third.ReadAsync(answer, CancellationToken.None)));
            await third.DisposeAsync();
            await second.DisposeAsync();
        }

        data.Delete(recursive: true);
    }
}
