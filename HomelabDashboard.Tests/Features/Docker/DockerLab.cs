using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Tests.Features.Terminals;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>The whole program with one host that has a real engine of Podman, found as Podman's own client is, and takes part.</summary>
public sealed class PodmanLab : DockerLab
{
    protected override bool IsPodman => true;
}

/// <summary>The whole program with one host that has a real engine, and takes part.</summary>
public class DockerLab : IAsyncLifetime
{
    protected virtual bool IsPodman => false;

    internal PrivateEngine Engine { get; private set; } = null!;

    internal SshServer Server { get; private set; } = null!;

    internal TestApp App { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal string HostId { get; private set; } = "";

    internal DockerBoard Board => App.Services.GetRequiredService<DockerBoard>();

    public async Task InitializeAsync()
    {
        Engine = await PrivateEngine.StartAsync(IsPodman);
        Server = await SshServer.StartAsync();
        await Server.StopAsync();
        Server.Environment["DOCKER_CONFIG"] = Engine.ClientConfig;
        if (IsPodman)
        {
            Server.Environment["XDG_RUNTIME_DIR"] = Engine.RuntimeFolder;
            Server.Environment["CONTAINER_HOST"] = "unix://" + Engine.Socket;
        }
        else
        {
            Server.Environment["DOCKER_HOST"] = "unix://" + Engine.Socket;
        }

        await Server.RestartAsync();
        App = TestApp.Start(new Dictionary<string, string>
        {
            ["Homelab:Docker:StatsIntervalSeconds"] = "0.5",
            ["Homelab:Docker:LongestBackoffSeconds"] = "1",
            ["Homelab:DockerAlerts:HoldSeconds"] = "0.5",
            ["Homelab:Hosts:LongestBackoffSeconds"] = "0.5",
            ["Homelab:Hosts:StartSpreadSeconds"] = "0",
            ["Homelab:Metrics:CloserSpreadSeconds"] = "3600",
        });
        Http = await App.ProgramAsync(UserRole.Admin);
        Server.Authorize((await GetAsync("ssh-key")).GetProperty("public_key").GetString()!);
        HostId = (await PostAsync("hosts", new { name = "docker-01", ip_address = Server.Address, ssh_port = Server.Port, ssh_user = Server.User })).GetProperty("id").GetString()!;
        await PostAsync($"hosts/{HostId}/host-key/approve", new { fingerprint = Server.Fingerprint });
        await Until.TrueAsync(() => Board.Hosts.Get(HostId) is { Live: false } host && host.Product == (IsPodman ? "Podman" : "Docker"), "the engine was found");
        await TakePartAsync(true);
        await LiveAsync();
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await App.DisposeAsync();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
    }

    internal Task<HomelabDbContext> DatabaseAsync() => App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();

    /// <summary>Its containers as the table has them.</summary>
    internal async Task<IReadOnlyList<DockerContainer>> RowsAsync()
    {
        await using var db = await DatabaseAsync();
        return await db.Set<DockerContainer>().AsNoTracking().Where(c => c.HostId == HostId).ToListAsync();
    }

    /// <summary>All alerts that a container has ever had, oldest first.</summary>
    internal async Task<IReadOnlyList<DockerAlert>> AlertsAsync(string name)
    {
        await using var db = await DatabaseAsync();
        return await db.Set<DockerAlert>().AsNoTracking().Where(a => a.HostId == HostId && a.ContainerName == name).OrderBy(a => a.Id).ToListAsync();
    }

    /// <summary>Waits until the newest alert of a container is like that.</summary>
    internal Task<DockerAlert> AlertAsync(string name, Func<DockerAlert, bool> condition, string what) =>
        Until.NotNullAsync(async () => await AlertsAsync(name) is [.., var found] && condition(found) ? found : null, $"{name} has an alert: {what}");

    internal Task LiveAsync() => Until.TrueAsync(() => Board.Hosts.Get(HostId) is { Live: true }, "the engine is followed");

    /// <summary>Has the host's containers shown, or no more.</summary>
    internal async Task TakePartAsync(bool takesPart)
    {
        using var answer = await Http.PatchAsJsonAsync($"/api/v1/hosts/{HostId}", new { docker_enabled = takesPart });
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Starts the host's sshd again once its loss is known, and waits until the engine is followed again.</summary>
    internal async Task BackAsync()
    {
        await Until.TrueAsync(() => Board.Hosts.Get(HostId) is { Live: false }, "the loss is known");
        await Server.RestartAsync();
        await LiveAsync();
    }

    internal ContainerSummary? Find(string name) => Board.Containers.Snapshot().Values.SingleOrDefault(c => c.Name == name);

    internal Task<ContainerSummary> SeenAsync(string name, Func<ContainerSummary, bool> condition, string what) =>
        Until.NotNullAsync(() => Task.FromResult(Find(name) is { } found && condition(found) ? found : null), $"{name} is seen {what}");

    internal async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync("/api/v1/" + path);
        return await ReadAsync(answer);
    }

    internal async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/" + path, body ?? new { });
        return await ReadAsync(answer);
    }

    /// <summary>Asks for something that takes long, and waits for its end.</summary>
    /// <returns>Its error; null when it succeeded.</returns>
    internal async Task<string?> OperateAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path);
        using var answer = await Http.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await ReadAsync(answer)).GetProperty("operation_ids")[0].GetString();
        JsonElement operation = default;
        await Until.TrueAsync(
            async () => (operation = await GetAsync($"operations/{id}")).GetProperty("status").GetString() is "succeeded" or "failed", $"{path} ends", TimeSpan.FromSeconds(40));
        return operation.GetProperty("error").GetString();
    }

    /// <summary>A window on a session that was just opened.</summary>
    internal async Task<TestWindow> AttachAsync(JsonElement opened)
    {
        var sockets = App.Server.CreateWebSocketClient();
        sockets.ConfigureRequest = request => request.Headers.Authorization = Http.DefaultRequestHeaders.Authorization!.ToString();
        var hub = await HubClient.OverAsync(await sockets.ConnectAsync(new Uri("ws://localhost/hubs/terminal"), CancellationToken.None));
        return await TestWindow.AttachAsync(hub, opened.GetProperty("connect_ticket").GetString()!, 100, 30);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
