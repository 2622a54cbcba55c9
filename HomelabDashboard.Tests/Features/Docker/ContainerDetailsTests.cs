using System.Text.Json;
using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class ContainerDetailsTests
{
    [Theory]
    [InlineData("DB_PASSWORD", "x", true)]
    [InlineData("API_KEY", "x", true)]
    [InlineData("SENTRY_DSN", "x", true)]
    [InlineData("DATABASE_URL", "postgres://shop:hunter2@db/shop", true)]
    [InlineData("DATABASE_URL", "postgres://db/shop", false)]
    [InlineData("DB_PASSWORD", "", false)]
    [InlineData("PATH", "/usr/bin:/bin", false)]
    [InlineData("TZ", "Europe/Berlin", false)]
    public void What_looks_secret_is_told_from_what_does_not(string name, string value, bool secret) => Assert.Equal(secret, ContainerDetails.IsSecret(name, value));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"Config":[],"HostConfig":3,"Mounts":{},"NetworkSettings":{"Networks":[]}}""")]
    [InlineData("""{"Config":{"Env":[1,null,"A"],"Cmd":"sh"},"Mounts":[1,{"RW":"no"}],"NetworkSettings":{"Networks":{"n":null}}}""")]
    public void What_has_another_shape_is_left_out(string json) =>
        Assert.NotNull(ContainerDetails.Of(JsonSerializer.Deserialize<JsonElement>(json), withSecrets: false));

    [Fact]
    public void Secrets_in_a_command_are_masked_wherever_they_stand()
    {
        var inspect = JsonSerializer.Deserialize<JsonElement>("""
            {"Path":"tool","Args":["--password","hunter2","--port","80"],
             "Config":{"Entrypoint":["tool"],"Cmd":["--password","hunter2","--token=hunter2","--port","80"],"Env":["A_TOKEN=hunter2"],
                       "Healthcheck":{"Test":["CMD-SHELL","curl -u admin:hunter2 http://localhost"]}},
             "HostConfig":{"LogConfig":{"Config":{"splunk-token":"hunter2","max-size":"10m"}}}}
            """);
        var viewed = ContainerDetails.Of(inspect, withSecrets: false);
        Assert.Equal("tool --password *** --token=*** --port 80", viewed.Command);
        Assert.DoesNotContain("hunter2", viewed.Json, StringComparison.Ordinal);
        Assert.Contains("\"80\"", viewed.Json, StringComparison.Ordinal);
        Assert.Contains("\"10m\"", viewed.Json, StringComparison.Ordinal);
        var acted = ContainerDetails.Of(inspect, withSecrets: true);
        Assert.Equal("tool --password hunter2 --token=hunter2 --port 80", acted.Command);
        Assert.DoesNotContain("hunter2", acted.Json, StringComparison.Ordinal);
    }
}
