using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Integration;

/// <summary>The built program is started twice in the same folder.</summary>
public sealed class SecondStartTests
{
    [Fact]
    public async Task A_second_start_in_the_same_folder_is_refused_in_words_and_the_first_goes_on()
    {
        await using var server = await SshServer.StartAsync();
        await using var first = await RunningDashboard.StartAsync(new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = "ada",
            ["HOMELAB_ADMIN_PASSWORD"] = "correct horse battery",
        });
        using var api = await ApiClient.SignInAsync(first.Address, "ada", "correct horse battery");
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await api.PostAsync("sessions", new { host_id = host });
        var children = first.Children();
        Assert.True(children.Count >= 2, "There are an ssh and a ttyd.");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningDashboard.StartAsync(folder: first.Folder));
        Assert.Contains($"Another dashboard is using the data folder {first.Folder}. Stop it first, or set HOMELAB_DATA_DIR.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 1", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);

        Assert.All(children, c => Assert.True(c.IsRunning));
        Assert.Equal("online", (await api.GetAsync($"hosts/{host}")).GetProperty("status").GetString());
    }
}
