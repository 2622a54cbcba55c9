using System.Diagnostics;
using System.Reflection;
using HomelabDashboard.Components.Palette;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Docker.Stacks;
using HomelabDashboard.Features.Hosts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Xunit.Abstractions;

namespace HomelabDashboard.Tests.Components.Palette;

public sealed class PaletteIndexTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, int> NoUses = [];
    private static readonly string[] Services = ["jellyfin", "nginx", "postgres", "redis", "sonarr", "radarr", "grafana", "prometheus", "traefik", "vaultwarden"];
    private static readonly PaletteIndex Lab = Index(UserRole.Admin, ["nas", "proxmox-1", "pi-hole", "away"], ["jellyfin", "jellyseerr", "sonarr", "shop-db"]);

    [Theory]
    [InlineData("nas", "nas")]
    [InlineData("restart jellyfin", "Restart jellyfin")]
    [InlineData("jellyfin restart", "Restart jellyfin")]
    [InlineData("restart jelyfin", "Restart jellyfin")]
    [InlineData("retsart jellyfin", "Restart jellyfin")]
    [InlineData("open terminal on nas", "Open a terminal on nas")]
    [InlineData("term nas", "Open a terminal on nas")]
    [InlineData("check pihole", "Take a full reading of pi-hole")]
    [InlineData("run upgrade", "Run Upgrade packages…")]
    [InlineData("logs shop", "Logs of shop-db")]
    [InlineData("shop-db", "shop-db")]
    [InlineData("proxmx", "proxmox-1")]
    [InlineData("setings", "Settings")]
    [InlineData("restart nas", "Restart nas…")]
    [InlineData("shut down nas", "Shut down nas…")]
    [InlineData("stack media", "media")]
    [InlineData("JELLYFIN", "jellyfin")]
    public void What_is_meant_comes_first(string typed, string title) => Assert.Equal(title, Lab.Find(typed, NoUses, 12)[0].Title);

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("restart xyzzy")]
    [InlineData("nas xyzzy")]
    [InlineData("\"';--")]
    public void What_nothing_is_called_finds_nothing(string typed) => Assert.Empty(Lab.Find(typed, NoUses, 12));

    [Fact]
    public void What_is_used_most_comes_first()
    {
        var uses = new Dictionary<string, int> { ["container:h1/jellyseerr open"] = 8, ["page:/settings/tokens open"] = 5 };
        Assert.Equal("jellyseerr", Lab.Find("jelly", uses, 12)[0].Title);
        Assert.Equal(["jellyseerr", "API tokens"], Lab.Find("", uses, 2).Select(h => h.Title));
        Assert.Equal("Open a terminal on nas", Lab.Find("", new Dictionary<string, int> { [Lab.Find("terminal nas", NoUses, 1)[0].Key] = 1 }, 12)[0].Title);
    }

    [Fact]
    public void Nobody_is_offered_what_he_may_not_do()
    {
        var viewer = Index(UserRole.Viewer, ["nas"], ["jellyfin"]);
        Assert.DoesNotContain(viewer.Find("restart jellyfin", NoUses, 12), h => h.Verb == PaletteCatalog.RestartContainer);
        Assert.DoesNotContain(viewer.Find("terminal nas", NoUses, 12), h => h.Verb == PaletteCatalog.HostTerminal);
        Assert.DoesNotContain(viewer.Find("users", NoUses, 12), h => h.Title == "Users");
        Assert.Equal("jellyfin", viewer.Find("jellyfin", NoUses, 12)[0].Title);
    }

    [Fact]
    public void A_host_that_is_away_is_told_nothing_and_a_viewer_tells_none_anything()
    {
        Assert.Contains(Lab.Find("restart pi-hole", NoUses, 12), h => h.Verb == PaletteCatalog.RestartHost);
        Assert.DoesNotContain(Lab.Find("restart away", NoUses, 12), h => h.Verb == PaletteCatalog.RestartHost);
        var viewer = Index(UserRole.Viewer, ["nas"], []);
        Assert.DoesNotContain(viewer.Find("shut down nas", NoUses, 12), h => h.Verb == PaletteCatalog.ShutDownHost);
    }

    [Theory]
    [InlineData(UserRole.Admin)]
    [InlineData(UserRole.Operator)]
    [InlineData(UserRole.Viewer)]
    public void Every_page_that_stands_for_itself_is_offered_to_those_who_may_see_it(UserRole role)
    {
        string[] onTheWay = ["/login", "/setup", "/error", "/not-found"];

        // These tell a visitor themselves who may.
        string[] forWriters = ["/hosts/new", "/hosts/import"];
        var may = Scopes.Of(role);
        var pages =
            from type in typeof(PaletteCatalog).Assembly.GetTypes()
            from route in type.GetCustomAttributes<RouteAttribute>()
            where !route.Template.Contains('{', StringComparison.Ordinal) && !onTheWay.Contains(route.Template)
            let policies = type.GetCustomAttributes<AuthorizeAttribute>().Select(a => a.Policy).OfType<string>()
            where policies.All(may.Contains) && (may.Contains(Scopes.HostsWrite) || !forWriters.Contains(route.Template))
            select "page:" + route.Template;
        var offered = Index(role, [], []).Find("", NoUses, 1_000).Select(h => h.Item.Key).Where(k => k.StartsWith("page:", StringComparison.Ordinal));
        Assert.Equal(pages.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_large_lab_is_searched_whole()
    {
        var index = Index(
            UserRole.Admin, [.. Enumerable.Range(0, 200).Select(i => $"node-{i}")], [.. Enumerable.Range(0, 1_500).Select(i => $"{Services[i % Services.Length]}-{i}")]);
        string[] typed = ["r", "re", "restart", "restart jel", "restart jelyfin-10", "open terminal on node-199", "vaultwardn", "zzzzzzzz yyyyyyyy xxxxxxxx"];
        var clock = Stopwatch.StartNew();
        foreach (var text in typed)
        {
            clock.Restart();
            var found = index.Find(text, NoUses, 12);
            output.WriteLine($"{text}: {found.Count} found in {clock.Elapsed.TotalMilliseconds:0.00} ms");
        }

        Assert.Equal("Restart jellyfin-10", index.Find("restart jelyfin-10", NoUses, 12)[0].Title);
        Assert.Equal("Open a terminal on node-199", index.Find("open terminal on node-199", NoUses, 12)[0].Title);
    }

    private static PaletteIndex Index(UserRole role, string[] hosts, string[] containers)
    {
        var now = DateTime.UnixEpoch;
        var known = hosts.Select((name, i) => new HostSummary(
            $"h{i}", name, "192.0.2.1", 22, "root", null, null, true, null, null, null, HostStatus.Online, null, name != "away", true, now, now, now, null)).ToDictionary(h => h.Id);
        return PaletteCatalog.Index(
            new Caller(1, "ada", role, Scopes.Of(role), null), known,
            containers.Select((name, i) => new ContainerSummary(i, $"h{i % Math.Max(1, hosts.Length)}", $"c{i}", name, "image", "running", null, null, now, [], new Dictionary<string, string>(), null, now)),
            [new StackSummary("h0", "media", "running", 2, 2, null, [])], ["upgrade-packages.yml", "collect-facts.yml"], []);
    }
}
