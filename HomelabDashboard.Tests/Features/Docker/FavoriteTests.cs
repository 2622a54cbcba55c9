using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>Favourites, their groups and looks of containers, by the API and over a real engine.</summary>
public sealed class FavoriteTests(DockerLab lab) : IClassFixture<DockerLab>
{
    [Fact]
    public async Task Favourites_stand_in_groups_in_the_order_that_they_are_put_into()
    {
        var ids = await CreateAsync("fav-a", "fav-b", "fav-c");
        var media = await SendAsync(HttpMethod.Post, "favorites/groups", new { name = " Media ", color = "#336699", icon_key = "jellyfin" });
        var tools = await SendAsync(HttpMethod.Post, "favorites/groups", new { name = "Tools" });
        Assert.Equal(("Media", "#336699", "jellyfin"), (media.GetProperty("name").GetString(), media.GetProperty("color").GetString(), media.GetProperty("icon_key").GetString()));
        Assert.True(media.GetProperty("sort_order").GetInt32() < tools.GetProperty("sort_order").GetInt32());
        var group = media.GetProperty("id").GetInt32();
        var favorites = new List<int>();
        foreach (var id in ids)
        {
            favorites.Add((await SendAsync(HttpMethod.Post, "favorites/containers", new { docker_container_id = id, group_id = group })).GetProperty("id").GetInt32());
        }

        await SendAsync(HttpMethod.Patch, $"favorites/containers/{favorites[2]}", new { sort_order = 0 });
        Assert.Equal([ids[2], ids[0], ids[1]], await OrderAsync(group));
        await SendAsync(HttpMethod.Patch, $"favorites/containers/{favorites[0]}", new { group_id = 0 });
        Assert.Equal([ids[2], ids[1]], await OrderAsync(group));
        Assert.Equal([ids[0]], await OrderAsync(null));
        await SendAsync(HttpMethod.Patch, $"favorites/groups/{tools.GetProperty("id").GetInt32()}", new { sort_order = 0, name = "Workshop" });
        Assert.Equal(["Workshop", "Media"], (await lab.GetAsync("favorites/groups")).GetProperty("items").EnumerateArray().Select(g => g.GetProperty("name").GetString()).Where(n => n is "Workshop" or "Media"));

        // Asking for one twice makes it one favourite; a group that goes leaves them.
        await SendAsync(HttpMethod.Post, "favorites/containers", new { docker_container_id = ids[0], group_id = group });
        Assert.Equal([ids[2], ids[1], ids[0]], await OrderAsync(group));
        await SendAsync(HttpMethod.Delete, $"favorites/groups/{group}");
        Assert.Equal([ids[2], ids[1], ids[0]], await OrderAsync(null));

        // Another person has none of it.
        using var viewer = await lab.App.ProgramAsync(UserRole.Viewer);
        Assert.Equal("""{"items":[],"next_cursor":null}""", await viewer.GetStringAsync("/api/v1/favorites/containers"));
        using var theirs = await viewer.GetAsync($"/api/v1/favorites/containers/{favorites[0]}");
        Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        Assert.Equal(ids[0], (await lab.GetAsync($"favorites/containers/{favorites[0]}")).GetProperty("docker_container_id").GetInt32());
        using var foreign = await viewer.DeleteAsync($"/api/v1/favorites/containers/{favorites[0]}");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        await SendAsync(HttpMethod.Delete, $"favorites/containers/{favorites[0]}");
        await Until.TrueAsync(async () => (await lab.GetAsync("logs?source=docker&q=%22removed+a+favourite%22")).GetProperty("items").GetArrayLength() == 1, "it stands in the log");
        Assert.Equal([ids[2], ids[1]], await OrderAsync(null));
        await lab.Engine.DockerAsync("rm", "fav-a", "fav-b", "fav-c");
    }

    [Fact]
    public async Task A_container_that_is_made_anew_is_a_favourite_with_its_look_again()
    {
        var first = (await CreateAsync("renewed"))[0];
        var group = (await SendAsync(HttpMethod.Post, "favorites/groups", new { name = "Kept" })).GetProperty("id").GetInt32();
        await SendAsync(HttpMethod.Post, "favorites/containers", new { docker_container_id = first, group_id = group });
        await SendAsync(HttpMethod.Put, $"docker/containers/{first}/customization", new { icon_key = "mdi-server", icon_color = "#ffffff", bg_color = "#102030" });
        await lab.Engine.DockerAsync("rm", "renewed");
        await Until.TrueAsync(() => lab.Find("renewed") is null, "it is gone");
        Assert.Empty(await OrderAsync(group));

        // As Compose does it: under another name at first.
        await lab.Engine.DockerAsync("create", "--name", "0123_renewed", "--network", "none", PrivateEngine.Image, "true");
        await lab.Engine.DockerAsync("rename", "0123_renewed", "renewed");
        var second = (await lab.SeenAsync("renewed", _ => true, "made anew")).Id;
        Assert.NotEqual(first, second);
        await Until.TrueAsync(async () => (await OrderAsync(group)).SequenceEqual([second]), "it is a favourite again");
        var look = await lab.GetAsync($"docker/containers/{second}/customization");
        Assert.Equal(("mdi-server", "#102030"), (look.GetProperty("icon_key").GetString(), look.GetProperty("bg_color").GetString()));
        await SendAsync(HttpMethod.Delete, $"docker/containers/{second}/customization");
        Assert.Equal(JsonValueKind.Null, (await lab.GetAsync($"docker/containers/{second}/customization")).GetProperty("icon_key").ValueKind);
        await lab.Engine.DockerAsync("rm", "renewed");
    }

    [Theory]
    [InlineData("""{"icon_key":"no such thing"}""", "icon_key")]
    [InlineData("""{"bg_color":"red;background:url(//evil)"}""", "bg_color")]
    [InlineData("""{"icon_color":"#12345"}""", "icon_color")]
    public async Task A_look_that_is_none_is_refused(string look, string field)
    {
        await lab.Engine.DockerAsync("create", "--name", "plain-" + field, "--network", "none", PrivateEngine.Image, "true");
        var id = (await lab.SeenAsync("plain-" + field, _ => true, "created")).Id;
        using var answer = await lab.Http.PutAsync($"/api/v1/docker/containers/{id}/customization", new StringContent(look, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
        await lab.Engine.DockerAsync("rm", "plain-" + field);
    }

    [Fact]
    public async Task Icons_are_served_one_at_a_time()
    {
        using var icon = await lab.Http.GetAsync("/api/v1/icons/mdi-server.svg");
        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<svg xmlns=", await icon.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Http.GetAsync("/api/v1/icons/mdi-nothing-of-the-kind.svg")).StatusCode);
    }

    private async Task<List<int>> CreateAsync(params string[] names)
    {
        var ids = new List<int>();
        foreach (var name in names)
        {
            await lab.Engine.DockerAsync("create", "--name", name, "--network", "none", PrivateEngine.Image, "true");
            ids.Add((await lab.SeenAsync(name, _ => true, "created")).Id);
        }

        return ids;
    }

    private async Task<List<int>> OrderAsync(int? group) => [.. (await lab.GetAsync("favorites/containers")).GetProperty("items").EnumerateArray()
        .Where(f => f.GetProperty("group_id") is var g && (group is null ? g.ValueKind == JsonValueKind.Null : g.ValueKind == JsonValueKind.Number && g.GetInt32() == group))
        .Select(f => f.GetProperty("docker_container_id").GetInt32())];

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await lab.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
