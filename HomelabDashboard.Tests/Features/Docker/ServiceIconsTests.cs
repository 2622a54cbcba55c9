using HomelabDashboard.Features.Docker;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class ServiceIconsTests(ServiceIconsTests.App app) : IClassFixture<ServiceIconsTests.App>
{
    private ServiceIcons Icons => app.Program.Services.GetRequiredService<ServiceIcons>();

    [Theory]
    [InlineData("jellyfin", "jellyfin")]
    [InlineData("jellyfin.png", "jellyfin")]
    [InlineData("si-jellyfin", "jellyfin")]
    [InlineData("Home Assistant", "homeassistant")]
    [InlineData("home-assistant", "homeassistant")]
    [InlineData("mdi-server", "mdi-server")]
    [InlineData("mdi-server-#ff0000", "mdi-server")]
    [InlineData("postgres", "postgresql")]
    [InlineData("../../etc/passwd", null)]
    [InlineData("", null)]
    [InlineData("https://example.org/icon.png", null)]
    public void A_name_means_an_icon_as_people_write_it(string name, string? key) => Assert.Equal(key, Icons.Find(name)?.Key);

    [Theory]
    [InlineData("ghcr.io/paperless-ngx/paperless-ngx:2.20", "x", "paperlessngx")]
    [InlineData("lscr.io/linuxserver/sonarr:latest@sha256:abc", "x", "sonarr")]
    [InlineData("postgres:17-alpine", "shop-db", "postgresql")]
    [InlineData("grafana/grafana-oss", "x", "grafana")]
    [InlineData("me/thing", "jellyfin", "jellyfin")]
    [InlineData("me/thing", "x9q", null)]
    public void An_image_tells_what_a_container_is(string image, string name, string? key) =>
        Assert.Equal(key, Icons.Guess(new(1, "h", "c", name, image, "running", null, null, null, [], new Dictionary<string, string>(), null, default))?.Key);

    [Fact]
    public void Names_are_looked_for()
    {
        Assert.Equal("jellyfin", Icons.Search("jelly", 5)[0].Key);
        Assert.Contains("mdi-server", Icons.Search("mdi-serv", 20).Select(i => i.Key));
        Assert.Empty(Icons.Search(" ", 5));
    }

    public sealed class App : IAsyncLifetime
    {
        public TestApp Program { get; } = TestApp.Start();

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync() => await Program.DisposeAsync();
    }
}
