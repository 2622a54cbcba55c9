using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using HomelabDashboard.Data;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Browser;

/// <summary>Two hundred hosts, each with an hour of figures, some of them connected and read once a second.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ManyHostsTests(BrowserFixture browser, ITestOutputHelper output)
{
    private const int Hosts = 200;
    private const int Connected = 8;
    private const string Password = "correct horse battery";

    /// <summary>Many times what it takes on a machine that does nothing else.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Two_hundred_hosts_are_sorted_filtered_grouped_and_scrolled_without_waiting()
    {
        await using var server = await SshServer.StartAsync([.. Enumerable.Range(1, Connected).Select(i => string.Create(CultureInfo.InvariantCulture, $"127.0.2.{i}"))]);
        var folder = Directory.CreateTempSubdirectory("homelab-many-");
        try
        {
            await RememberAsync(folder.FullName, server);
            await using var dashboard = await RunningDashboard.StartAsync(
                new Dictionary<string, string>
                {
                    ["HOMELAB_ADMIN_USERNAME"] = "ada",
                    ["HOMELAB_ADMIN_PASSWORD"] = Password,
                    ["Homelab__Hosts__LongestBackoffSeconds"] = "0.5",
                    ["Homelab__Metrics__IntervalSeconds"] = "1",
                },
                folder.FullName);
            using (var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password))
            {
                server.Authorize(await api.PublicKeyAsync());
                await Until.TrueAsync(async () => (await api.GetAsync("hosts?status=online")).GetProperty("items").GetArrayLength() == Connected, "the hosts are connected");
            }

            await LookAsync(dashboard.Address);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task LookAsync(Uri address)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(address, "/login").ToString());
        await page.SignInAsync("ada", Password);
        await Assertions.Expect(page.Locator(".card.host")).ToHaveCountAsync(Hosts);
        var rows = page.Locator("tbody tr:has(td.name)");
        var first = rows.First;

        await InTimeAsync("overview, from its address to all cards", async () =>
        {
            await page.GotoAsync(address.ToString());
            await page.Locator(".card.host").Nth(Hosts - 1).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        });
        await InTimeAsync("hosts, from the address to its first row", async () =>
        {
            await page.GotoAsync(new Uri(address, "/hosts").ToString());
            await Assertions.Expect(first).ToContainTextAsync("host-000");
        });
        Assert.InRange(await rows.CountAsync(), 10, 80);

        await InTimeAsync("sort by name, the last first", () => SortAsync("Name", "host-199"));
        await InTimeAsync("sort by CPU", async () =>
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "CPU" }).ClickAsync();
            await Assertions.Expect(page.Locator("th[aria-sort=descending]")).ToContainTextAsync("CPU");
            await Assertions.Expect(first.Locator("[data-label=CPU] .w4")).ToHaveTextAsync(new Regex("^[0-9]+%$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        });

        // Those that are not connected have no figure of now and come last, by name.
        await Assertions.Expect(rows.Nth(Connected)).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"host-{Connected:000}"));
        await InTimeAsync("filter", async () =>
        {
            await page.GetByLabel("Filter hosts").FillAsync("host-15");
            await Assertions.Expect(rows).ToHaveCountAsync(10);
        });
        await page.GetByLabel("Filter hosts").FillAsync("");
        await InTimeAsync("group", async () =>
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "Groups" }).ClickAsync();
            await Assertions.Expect(page.Locator(".group-row").First).ToContainTextAsync("group-0");
        });
        await page.GetByRole(AriaRole.Link, new() { Name = "List" }).ClickAsync();
        await SortAsync("Name", "host-000");
        await InTimeAsync("scroll to the end", async () =>
        {
            await page.Locator(".table-wrap").EvaluateAsync("e => e.scrollTop = e.scrollHeight");
            await Assertions.Expect(rows.Last).ToContainTextAsync("host-199");
        });
        Assert.InRange(await rows.CountAsync(), 10, 80);

        // While figures come in, the page keeps drawing.
        var longest = await page.EvaluateAsync<double>("""
            () => new Promise(done => {
              const wrap = document.querySelector(".table-wrap"), begun = performance.now();
              let last = begun, longest = 0;
              const frame = now => {
                longest = Math.max(longest, now - last);
                last = now;
                wrap.scrollTop = (1 + Math.sin((now - begun) / 300)) / 2 * wrap.scrollHeight;
                if (now - begun < 3000) requestAnimationFrame(frame); else done(longest);
              };
              requestAnimationFrame(frame);
            })
            """);
        output.WriteLine($"longest time between two frames while scrolling: {longest:0} ms");
        Assert.InRange(longest, 0, 1000);

        await InTimeAsync("cards", async () =>
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "Cards" }).ClickAsync();
            await Assertions.Expect(page.Locator(".card.host")).ToHaveCountAsync(Hosts);
        });
        await InTimeAsync("cards by CPU", async () =>
        {
            await page.GetByLabel("Sort by").SelectOptionAsync("cpu");
            await Assertions.Expect(page.Locator(".card.host").First.Locator(".st.ok")).ToHaveTextAsync("Online");
        });

        async Task SortAsync(string column, string expected)
        {
            await page.GetByRole(AriaRole.Link, new() { Name = column }).First.ClickAsync();
            await Assertions.Expect(first).ToContainTextAsync(expected);
        }
    }

    private async Task InTimeAsync(string what, Func<Task> act)
    {
        var begun = Stopwatch.GetTimestamp();
        await act();
        var took = Stopwatch.GetElapsedTime(begun);
        output.WriteLine($"{what}: {took.TotalMilliseconds:0} ms");
        Assert.True(took < Soon, $"{what} took {took.TotalMilliseconds:0} ms");
    }

    private static async Task RememberAsync(string folder, SshServer server)
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddData(new DataFolder(folder)).BuildServiceProvider();
        await services.GetRequiredService<DatabaseUpgrade>().RunAsync(CancellationToken.None);
        await using var db = await services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        for (var i = 0; i < Hosts; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"host-{i:000}");
            var host = new Host { Id = string.Create(CultureInfo.InvariantCulture, $"manyhosts{i:000}"), Name = name, IpAddress = "192.0.2.1", AnsibleGroup = $"group-{i % 5}", Enabled = i < Connected, LastSeen = DateTime.UnixEpoch.AddYears(55).AddHours(i) };
            host.SetTags([$"rack-{i % 8}"]);
            if (i < Connected)
            {
                (host.IpAddress, host.SshPort, host.SshUser, host.HostKey) = (server.Addresses[i], server.Port, server.User, server.HostKey);
            }

            db.Add(host);
        }

        await db.SaveChangesAsync();
        await db.Database.ExecuteSqlRawAsync("""
            WITH RECURSIVE n(i) AS (SELECT 239 UNION ALL SELECT i - 1 FROM n WHERE i > 0)
            INSERT INTO host_metrics (host_id, metric_type, cpu_usage_percent, memory_usage_percent, disk_root_usage_percent, disk_devices, disk_info, collected_at, created_at)
            SELECT id, iif(i = 239, 'full', 'sample'), abs(random() % 10000) / 100.0, 40 + abs(random() % 1000) / 100.0, 50, '[]', iif(i = 239, '[]', NULL),
                strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (i * 15) || ' seconds'), strftime('%Y-%m-%d %H:%M:%f', 'now') FROM n, hosts
            """);
        SqliteConnection.ClearAllPools();
    }
}
