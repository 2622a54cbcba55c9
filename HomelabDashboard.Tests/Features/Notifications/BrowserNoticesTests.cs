using System.Text.Json;
using Bunit;
using HomelabDashboard.Components.Layout;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>The notices of the browser over the real book of alerts, with a clock that the test moves.</summary>
public sealed class BrowserNoticesTests : BunitContext, IAsyncLifetime
{
    private readonly SetClock _clock = new(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));
    private TestApp _app = null!;
    private AsyncServiceScope _scope;

    public async Task InitializeAsync()
    {
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock));
        _scope = _app.Services.CreateAsyncScope();
        var admin = await _scope.ServiceProvider.GetRequiredService<SignInService>().SignInAsync(TestApp.AdminName, TestApp.Password, null, "Firefox", CancellationToken.None);
        _scope.ServiceProvider.GetRequiredService<Access>().Use(admin.Value!);
        Services.AddSingleton<TimeProvider>(_clock).AddSingleton(_scope.ServiceProvider.GetRequiredService<AlertService>());
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task What_quiet_hours_hold_is_shown_when_they_are_over_if_it_goes_on_and_nobody_has_seen_it()
    {
        var module = JSInterop.SetupModule("./dist/notices.js");
        module.SetupVoid("show", _ => true).SetVoidResult();
        var book = _app.Services.GetRequiredService<AlertBook>();
        Render<BrowserNotices>();
        var loud = 0;
        await Until.TrueAsync(
            () =>
            {
                book.Raise($"loud {loud}", Of($"Loud {loud}", null));
                loud++;
                return Shown().Count > 0;
            },
            "what comes now is shown");

        var end = _clock.Now.AddMinutes(30);
        foreach (var name in new[] { "Quiet", "Seen", "Over" })
        {
            book.Raise(name, Of(name, end));
        }

        await Until.TrueAsync(() => Live().Count(a => a.NotifyAfter == end) == 3, "they are there");
        await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(Live().Single(a => a.Key == "Seen").Id, CancellationToken.None));
        book.Close("Over");
        await Until.TrueAsync(() => Live().All(a => a.Key != "Over"), "one is over");
        Assert.DoesNotContain("Quiet", Shown());
        _clock.Pass(TimeSpan.FromMinutes(31));
        await Until.TrueAsync(() => Shown().Contains("Quiet"), "what was held is shown");
        Assert.Empty(Shown().Intersect(["Seen", "Over"]));

        List<string?> Shown() => [.. module.Invocations["show"].ToList().Select(i => JsonSerializer.SerializeToElement(i.Arguments[0]).GetProperty("title").GetString())];

        IEnumerable<AlertRecord> Live() => book.Live.Snapshot().Values;

        static AlertSignal Of(string title, DateTime? notifyAfter) => new(AlertCategory.Host, AlertLevel.Critical, title, "A sentence.", "test") { NotifyAfter = notifyAfter };
    }
}
