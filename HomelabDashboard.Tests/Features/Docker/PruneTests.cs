using System.Formats.Tar;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>What an engine is rid of, told before and gone after.</summary>
public abstract class PruneTests(DockerLab lab)
{
    [Fact]
    public async Task What_nothing_uses_is_told_before_it_is_removed()
    {
        await lab.Engine.RunContainerAsync("used", "sleep 1000", "--stop-timeout", "0", "-v", "kept:/data");
        await lab.Engine.DockerAsync("volume", "create", "leftover");
        await lab.Engine.RunContainerAsync("ended", "true");
        await lab.SeenAsync("ended", c => c.State == "exited", "exited");
        using var wrong = await lab.Http.PostAsJsonAsync($"/api/v1/docker/hosts/{lab.HostId}/prune", new { kinds = new[] { "everything" } });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        await PruneAsync("containers", "ended", "used", "ps", "-a", "--format", "{{.Names}}");
        await PruneAsync("volumes", "leftover", "kept", "volume", "ls", "-q");
        await lab.Engine.DockerAsync("rm", "-f", "used");
    }

    [Fact]
    public async Task Images_that_nothing_uses_are_told_before_they_are_removed()
    {
        await lab.Engine.RunContainerAsync("uses-one", "sleep 1000");
        await ImportAsync("spare:8");
        await PruneAsync("images", "spare:8", PrivateEngine.Image, "images", "--format", "{{.Repository}}:{{.Tag}}");
        await lab.Engine.DockerAsync("rm", "-f", "uses-one");
    }

    /// <summary>Makes an image of nothing much.</summary>
    private async Task ImportAsync(string name)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-import-");
        try
        {
            var archive = Path.Combine(folder.FullName, "image.tar");
            await File.WriteAllTextAsync(Path.Combine(folder.CreateSubdirectory("root").FullName, "file"), name);
            await TarFile.CreateFromDirectoryAsync(Path.Combine(folder.FullName, "root"), archive, includeBaseDirectory: false);

            // Podman's does not take the name with it.
            var id = (await lab.Engine.DockerAsync("import", archive)).Trim();
            await lab.Engine.DockerAsync("tag", id[(id.LastIndexOf(':') + 1)..], name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Looks at what would go, removes it, and looks at what the engine has left.</summary>
    private async Task PruneAsync(string kind, string goes, string stays, params string[] list)
    {
        var told = NamesOf(await PreviewAsync(kind));
        Assert.Contains(goes, told);
        Assert.DoesNotContain(stays, told);
        Assert.Subset((await ListAsync()).ToHashSet(), told.ToHashSet());
        var id = (await lab.PostAsync($"docker/hosts/{lab.HostId}/prune", new { kinds = new[] { kind } })).GetProperty("operation_ids")[0].GetString();
        JsonElement operation = default;
        await Until.TrueAsync(
            async () => (operation = await lab.GetAsync($"operations/{id}")).GetProperty("status").GetString() is "succeeded" or "failed", $"the pruning of {kind} ends");
        Assert.Null(operation.GetProperty("error").GetString());
        Assert.StartsWith("Freed ", operation.GetProperty("message").GetString(), StringComparison.Ordinal);
        var left = await ListAsync();
        Assert.Contains(stays, left);
        Assert.Empty(left.Intersect(told));
        Assert.Equal(0, (await PreviewAsync(kind)).GetProperty("count").GetInt32());

        async Task<string[]> ListAsync() => (await lab.Engine.DockerAsync(list)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<JsonElement> PreviewAsync(string kind) =>
        (await lab.GetAsync($"docker/hosts/{lab.HostId}/prune")).EnumerateArray().Single(p => p.GetProperty("kind").GetString() == kind);

    /// <summary>Podman's names have the registry with them.</summary>
    private static List<string> NamesOf(JsonElement preview) => [.. preview.GetProperty("names").EnumerateArray().Select(n => n.GetString()!.Replace("docker.io/library/", "", StringComparison.Ordinal))];
}

/// <inheritdoc/>
public sealed class DockerPruneTests(DockerLab lab) : PruneTests(lab), IClassFixture<DockerLab>;

/// <inheritdoc/>
public sealed class PodmanPruneTests(PodmanLab lab) : PruneTests(lab), IClassFixture<PodmanLab>;
