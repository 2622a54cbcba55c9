using System.Globalization;
using System.Net;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.DockerEngine;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker;

/// <summary>What an engine keeps besides containers.</summary>
public enum StoredKind
{
    Image,
    Volume,
}

/// <summary>The operations <c>image_remove</c> and <c>volume_remove</c>, on <c>image:&lt;id&gt;</c> and <c>volume:&lt;id&gt;</c>.</summary>
public sealed class StoredOperation(
    StoredKind kind, DockerBoard board, IDbContextFactory<HomelabDbContext> databases, LiveStore<string, HostSummary> hosts, ActivityLog log) : IOperationHandler
{
    public string Kind => KindOf(kind);

    public string RetryScope => Scopes.DockerExecute;

    public static string KindOf(StoredKind kind) => EnumWords<StoredKind>.Of(kind) + "_remove";

    public static string TargetOf(StoredKind kind, int id) => string.Create(CultureInfo.InvariantCulture, $"{EnumWords<StoredKind>.Of(kind)}:{id}");

    public async ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        var id = IdOf(operation);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string? name;
        if (kind == StoredKind.Volume)
        {
            name = await db.Set<DockerVolume>().Where(v => v.Id == id).Select(v => v.Name).SingleOrDefaultAsync(cancellationToken);
        }
        else
        {
            var image = await db.Set<DockerImage>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancellationToken);
            var tags = image?.RepoTags is { } json ? JsonSerializer.Deserialize<List<string>>(json) : null;
            name = tags?.FirstOrDefault() ?? image?.ImageId[..12];
        }

        return name is null ? operation.Target : $"{name} on {hosts.Get(operation.HostId ?? "")?.Name}";
    }

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var id = IdOf(operation);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var name = kind == StoredKind.Image
            ? await db.Set<DockerImage>().Where(i => i.Id == id).Select(i => i.ImageId).SingleOrDefaultAsync(cancellationToken)
            : await db.Set<DockerVolume>().Where(v => v.Id == id).Select(v => v.Name).SingleOrDefaultAsync(cancellationToken);
        if (name is null || operation.HostId is not { } hostId)
        {
            return null;
        }

        var engine = await board.EngineSoonAsync(hostId, cancellationToken);
        if (!engine.Succeeded)
        {
            return engine.Problem.Message;
        }

        try
        {
            if (kind == StoredKind.Volume)
            {
                await engine.Value.RemoveVolumeAsync(name, cancellationToken);
            }
            else if (await UsersAsync(engine.Value, name, cancellationToken) is { Length: > 0 } users)
            {
                return $"It is used by {users}. Remove that first.";
            }
            else
            {
                await engine.Value.RemoveImageAsync(name, cancellationToken);
            }
        }
        catch (EngineException gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            // Somebody was faster.
        }
        catch (EngineException refused)
        {
            return refused.Message;
        }
        catch (EngineUnreachedException unreached)
        {
            return unreached.Message;
        }
        catch (IOException)
        {
            progress(null, "The connection to the engine was lost in the middle of it. Waiting to see what became of it.");
            if (!await board.IsSeenDoneAsync(hostId, async again => !await IsThereAsync(again, name, cancellationToken), cancellationToken, most: 10))
            {
                return "The connection to the engine was lost in the middle of it, and it was not seen to go. Look whether it is still there before you try again.";
            }
        }

        var shown = kind == StoredKind.Image ? name[..12] : name;
        log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{operation.RequestedBy} removed the {EnumWords<StoredKind>.Of(kind)} {shown} from {hosts.Get(hostId)?.Name}.", hostId);
        return null;
    }

    private async Task<bool> IsThereAsync(EngineClient engine, string name, CancellationToken cancellationToken) => kind == StoredKind.Volume
        ? (await engine.ListVolumesAsync(cancellationToken)).Any(v => v.Name == name)
        : (await engine.ListImagesAsync(cancellationToken)).Any(i => DockerTables.ImageKey(i.Id) == name);

    private static int IdOf(OperationRecord operation) =>
        int.Parse(operation.Target.AsSpan(operation.Target.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    /// <summary>An image with several tags goes only by force, and by force also one that a stopped container needs.</summary>
    private static async Task<string> UsersAsync(EngineClient engine, string imageId, CancellationToken cancellationToken)
    {
        const int most = 8;
        var names = (await engine.ListContainersAsync(null, cancellationToken))
            .Where(c => c.ImageId is { } id && DockerTables.ImageKey(id) == imageId)
            .Select(DockerTables.NameOf).Order(StringComparer.OrdinalIgnoreCase).ToList();
        return string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : "");
    }
}
