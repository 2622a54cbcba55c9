using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>A receiver on loopback, the dashboard that tells it of alerts, and a clock that a test moves.</summary>
public abstract class NotificationLab : IAsyncLifetime
{
    private protected SetClock Clock { get; } = new(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));

    private protected TestApp App { get; private set; } = null!;

    private protected HttpReceiver Receiver { get; private set; } = null!;

    private protected HttpClient Api { get; private set; } = null!;

    private protected AlertBook Book => App.Services.GetRequiredService<AlertBook>();

    public async Task InitializeAsync()
    {
        Receiver = await HttpReceiver.StartAsync();
        await StartAsync(null);
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await App.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private protected static AlertSignal AlertOf(string title) => new(AlertCategory.Host, AlertLevel.Warning, title, "A sentence.", "test");

    private protected static List<string> TitlesOf(ReceivedRequest request) => [.. request.Body.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("title").GetString()!)];

    private protected async Task StartAsync(string? folder)
    {
        App = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(Clock), folder: folder);
        Api = await App.ProgramAsync(UserRole.Admin);
    }

    private protected Task<int> AddHookAsync(string name) => AddAsync(new { name, kind = "webhook", secret = Receiver.Address + "/hook", allow_private_host = true });

    private protected async Task<int> AddAsync(object channel)
    {
        using var answer = await Api.PostAsJsonAsync("/api/v1/notification-channels", channel);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
    }

    private protected async Task<JsonElement> PostAsync(string path)
    {
        using var answer = await Api.PostAsync("/api/v1/" + path, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private protected async Task<JsonElement> DeliveryAsync(int channel, Func<JsonElement, bool> isIt)
    {
        List<JsonElement> found = [];
        await Until.TrueAsync(
            async () =>
            {
                found = [.. (await Api.GetFromJsonAsync<JsonElement>($"/api/v1/notification-channels/{channel}/deliveries")).GetProperty("items").EnumerateArray().Where(isIt)];
                return found.Count > 0;
            },
            "such a delivery is there");
        return found[0];
    }

    private protected async Task<int> SentAsync(int channel)
    {
        await using var db = await Database();
        return await db.Set<NotificationDelivery>().CountAsync(d => d.ChannelId == channel && d.State == DeliveryState.Sent);
    }

    private protected Task<HomelabDbContext> Database() => App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
}
