using System.Text.RegularExpressions;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker;

/// <summary>The caller's own favourite containers, their groups, and how containers look to them. All of it needs docker:read.</summary>
public sealed partial class FavoriteService(
    Access access, DockerBoard board, ServiceIcons icons, IDbContextFactory<HomelabDbContext> databases, ActivityLog log, TimeProvider time)
{
    private const int LongestName = 100;
    private const int MostGroups = 100;
    private const int MostFavorites = 1000;

    /// <summary>Tells by user when there is something else to read.</summary>
    public async ValueTask<(LiveStore<int, FavoritesChange> Changes, int UserId)> ChangesAsync() =>
        (board.Favorites, (await access.RequireAsync(Scopes.DockerRead)).UserId);

    public async Task<Favorites> GetAsync(CancellationToken cancellationToken)
    {
        var user = (await access.RequireAsync(Scopes.DockerRead)).UserId;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(db, user, cancellationToken);
    }

    /// <summary><c>VALIDATION_FAILED</c>.</summary>
    public Task<Result<FavoriteGroupRecord>> AddGroupAsync(FavoriteGroupInput input, CancellationToken cancellationToken) =>
        WithAsync<FavoriteGroupRecord>("added a group of favourites", async (db, user) =>
        {
            var groups = await GroupsOf(db, user).ToListAsync(cancellationToken);
            if (groups.Count >= MostGroups)
            {
                return Problem.Invalid("name", $"There are {MostGroups} groups already, which is as many as one person may have.");
            }

            var group = new FavoriteGroup { UserId = user, Name = "", SortOrder = groups.Count };
            if (Fill(group, input with { Name = input.Name ?? "" }) is { } problem)
            {
                return problem;
            }

            db.Add(group);
            Place(groups, group, input.SortOrder ?? groups.Count, (g, at) => g.SortOrder = at);
            await db.SaveChangesAsync(cancellationToken);
            return ToRecord(group);
        }, cancellationToken);

    /// <summary><c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c>.</summary>
    public Task<Result<FavoriteGroupRecord>> ChangeGroupAsync(int id, FavoriteGroupInput input, CancellationToken cancellationToken) =>
        WithAsync<FavoriteGroupRecord>("changed a group of favourites", async (db, user) =>
        {
            var groups = await GroupsOf(db, user).ToListAsync(cancellationToken);
            if (groups.Find(g => g.Id == id) is not { } group)
            {
                return Problem.NotFound("group");
            }

            if (Fill(group, input) is { } problem)
            {
                return problem;
            }

            if (input.SortOrder is { } at)
            {
                Place(groups, group, at, (g, place) => g.SortOrder = place);
            }

            await db.SaveChangesAsync(cancellationToken);
            return ToRecord(group);
        }, cancellationToken);

    /// <summary>Its favourites stay, in no group. <c>NOT_FOUND</c>.</summary>
    public async Task<Result> RemoveGroupAsync(int id, CancellationToken cancellationToken)
    {
        var result = await WithAsync<bool>("removed a group of favourites", async (db, user) =>
        {
            var last = await FavoritesOf(db, user).Where(f => f.GroupId == null).MaxAsync(f => (int?)f.SortOrder, cancellationToken) ?? -1;
            await FavoritesOf(db, user).Where(f => f.GroupId == id).ExecuteUpdateAsync(
                s => s.SetProperty(f => f.GroupId, (int?)null).SetProperty(f => f.SortOrder, f => f.SortOrder + last + 1), cancellationToken);
            return await GroupsOf(db, user).Where(g => g.Id == id).ExecuteDeleteAsync(cancellationToken) > 0 ? true : Problem.NotFound("group");
        }, cancellationToken);
        return new(result.Problem);
    }

    /// <summary>One that is a favourite already is moved. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c>.</summary>
    public Task<Result<FavoriteRecord>> AddAsync(FavoriteInput input, CancellationToken cancellationToken) =>
        WithAsync<FavoriteRecord>("made a container a favourite", async (db, user) =>
        {
            if (input.DockerContainerId is not { } container || board.Containers.Get(container) is null)
            {
                return Problem.NotFound("container");
            }

            var all = await FavoritesOf(db, user).ToListAsync(cancellationToken);
            var favorite = all.Find(f => f.DockerContainerId == container);
            if (favorite is null && all.Count >= MostFavorites)
            {
                return Problem.Invalid("docker_container_id", $"There are {MostFavorites} favourites already, which is as many as one person may have.");
            }

            if (favorite is null)
            {
                favorite = new FavoriteContainer { UserId = user, DockerContainerId = container };
                db.Add(favorite);
            }

            return await MoveAsync(db, user, all, favorite, input with { GroupId = input.GroupId ?? 0, SortOrder = input.SortOrder ?? int.MaxValue }, cancellationToken);
        }, cancellationToken);

    /// <summary>Puts one into another group or place. <c>NOT_FOUND</c>.</summary>
    public Task<Result<FavoriteRecord>> MoveAsync(int id, FavoriteInput input, CancellationToken cancellationToken) =>
        WithAsync<FavoriteRecord>("moved a favourite", async (db, user) =>
        {
            var all = await FavoritesOf(db, user).ToListAsync(cancellationToken);
            return all.Find(f => f.Id == id) is { } favorite ? await MoveAsync(db, user, all, favorite, input, cancellationToken) : Problem.NotFound("favourite");
        }, cancellationToken);

    /// <summary><c>NOT_FOUND</c>.</summary>
    public async Task<Result> RemoveAsync(int id, CancellationToken cancellationToken) => new((await WithAsync<bool>(
        "removed a favourite",
        async (db, user) => await FavoritesOf(db, user).Where(f => f.Id == id).ExecuteDeleteAsync(cancellationToken) > 0 ? true : Problem.NotFound("favourite"),
        cancellationToken)).Problem);

    /// <summary>How the containers that are there look to the caller, by the dashboard's own ids; those that were never given a look are left out.</summary>
    public async Task<IReadOnlyDictionary<int, CustomizationRecord>> CustomizationsAsync(CancellationToken cancellationToken)
    {
        var user = (await access.RequireAsync(Scopes.DockerRead)).UserId;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await LooksOf(db, user).AsNoTracking().ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return new Dictionary<int, CustomizationRecord>();
        }

        var byName = rows.ToDictionary(r => (r.HostId, r.ContainerName));
        var found = new Dictionary<int, CustomizationRecord>();
        foreach (var container in board.Containers.Snapshot().Values)
        {
            if (byName.TryGetValue((container.HostId, container.Name), out var row))
            {
                found[container.Id] = ToRecord(row);
            }
        }

        return found;
    }

    /// <summary>Nothing but nulls where it was never given a look. <c>NOT_FOUND</c>.</summary>
    public async Task<Result<CustomizationRecord>> CustomizationAsync(int containerId, CancellationToken cancellationToken)
    {
        var looks = await CustomizationsAsync(cancellationToken);
        return board.Containers.Get(containerId) is null ? Problem.NotFound("container") : looks.GetValueOrDefault(containerId) ?? new CustomizationRecord(null, null, null);
    }

    /// <summary>All three are put as they are given; null or empty takes one away. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c>.</summary>
    public Task<Result<CustomizationRecord>> CustomizeAsync(int containerId, CustomizationRecord input, CancellationToken cancellationToken) =>
        WithAsync<CustomizationRecord>("gave a container another look", async (db, user) =>
        {
            if (board.Containers.Get(containerId) is not { } container)
            {
                return Problem.NotFound("container");
            }

            var wanted = new CustomizationRecord(Given(input.IconKey), Given(input.IconColor), Given(input.BgColor));
            if (ErrorsOf(("icon_key", wanted.IconKey), ("icon_color", wanted.IconColor), ("bg_color", wanted.BgColor)) is { } problem)
            {
                return problem;
            }

            var row = await LooksOf(db, user).SingleOrDefaultAsync(c => c.HostId == container.HostId && c.ContainerName == container.Name, cancellationToken);
            if (row is null)
            {
                row = new ContainerCustomization { UserId = user, HostId = container.HostId, ContainerId = "", ContainerName = container.Name };
                db.Add(row);
            }

            (row.ContainerId, row.IconKey, row.IconColor, row.BgColor) = (container.ContainerId, wanted.IconKey, wanted.IconColor, wanted.BgColor);
            await db.SaveChangesAsync(cancellationToken);
            return ToRecord(row);
        }, cancellationToken);

    /// <summary><c>NOT_FOUND</c>: there is no such container. One that was never given a look stays as it is.</summary>
    public async Task<Result> ResetAsync(int containerId, CancellationToken cancellationToken) => new((await WithAsync<bool>(
        "gave a container its usual look",
        async (db, user) =>
        {
            if (board.Containers.Get(containerId) is not { } container)
            {
                return Problem.NotFound("container");
            }

            await LooksOf(db, user).Where(c => c.HostId == container.HostId && c.ContainerName == container.Name).ExecuteDeleteAsync(cancellationToken);
            return true;
        },
        cancellationToken)).Problem);

    internal static async Task<Favorites> ReadAsync(HomelabDbContext db, int user, CancellationToken cancellationToken) => new(
        await GroupsOf(db, user).AsNoTracking().Select(g => new FavoriteGroupRecord(g.Id, g.Name, g.SortOrder, g.Color, g.IconKey)).ToListAsync(cancellationToken),
        await FavoritesOf(db, user).AsNoTracking().Select(f => new FavoriteRecord(f.Id, f.DockerContainerId, f.GroupId, f.SortOrder)).ToListAsync(cancellationToken));

    private static async Task<Result<FavoriteRecord>> MoveAsync(
        HomelabDbContext db, int user, List<FavoriteContainer> all, FavoriteContainer favorite, FavoriteInput input, CancellationToken cancellationToken)
    {
        if (input.GroupId is > 0 and var group && !await GroupsOf(db, user).AnyAsync(g => g.Id == group, cancellationToken))
        {
            return Problem.NotFound("group");
        }

        var from = favorite.GroupId;
        favorite.GroupId = input.GroupId switch { null => from, 0 => null, var id => id };
        var moved = from != favorite.GroupId;
        Place([.. all.Where(f => f.GroupId == favorite.GroupId)], favorite, input.SortOrder ?? (moved ? int.MaxValue : favorite.SortOrder), (f, at) => f.SortOrder = at);
        await db.SaveChangesAsync(cancellationToken);
        return new FavoriteRecord(favorite.Id, favorite.DockerContainerId, favorite.GroupId, favorite.SortOrder);
    }

    /// <summary>Puts one at a place among the others, and numbers them all.</summary>
    private static void Place<T>(List<T> all, T one, int at, Action<T, int> number)
        where T : class
    {
        all.Remove(one);
        all.Insert(Math.Clamp(at, 0, all.Count), one);
        for (var i = 0; i < all.Count; i++)
        {
            number(all[i], i);
        }
    }

    private Problem? Fill(FavoriteGroup group, FavoriteGroupInput input)
    {
        var name = input.Name?.Trim();
        if (name is { Length: 0 or > LongestName })
        {
            return Problem.Invalid("name", name.Length == 0 ? "Give the group a name." : $"A name has at most {LongestName} characters.");
        }

        if (ErrorsOf(("icon_key", Given(input.IconKey)), ("color", Given(input.Color))) is { } problem)
        {
            return problem;
        }

        group.Name = name ?? group.Name;
        group.Color = input.Color is null ? group.Color : Given(input.Color);
        group.IconKey = input.IconKey is null ? group.IconKey : Given(input.IconKey);
        return null;
    }

    private Problem? ErrorsOf(params ReadOnlySpan<(string Field, string? Value)> values)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (field, value) in values)
        {
            if (value is null)
            {
                continue;
            }

            if (field == "icon_key" ? value.Length > LongestName || icons.Find(value) is null : !Color().IsMatch(value))
            {
                errors[field] = [field == "icon_key" ? "There is no icon of that name. Try a service's name such as jellyfin, or mdi- and a thing such as mdi-server." : "A colour is written as #rrggbb."];
            }
        }

        return errors.Count == 0 ? null : Problem.Invalid(errors);
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    /// <param name="did">What the caller did, for the log.</param>
    private async Task<Result<T>> WithAsync<T>(string did, Func<HomelabDbContext, int, Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.DockerRead);
        var user = caller.UserId;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var result = await work(db, user);
        if (result.Succeeded)
        {
            board.Favorites.Set(user, new(time.GetUtcNow().UtcDateTime));
            log.Write(LogEntryLevel.Info, DockerSetup.Source, $"{caller.Username} {did}.");
        }

        return result;
    }

    private static IQueryable<FavoriteGroup> GroupsOf(HomelabDbContext db, int user) =>
        db.Set<FavoriteGroup>().Where(g => g.UserId == user).OrderBy(g => g.SortOrder).ThenBy(g => g.Id);

    private static IQueryable<FavoriteContainer> FavoritesOf(HomelabDbContext db, int user) =>
        db.Set<FavoriteContainer>().Where(f => f.UserId == user).OrderBy(f => f.SortOrder).ThenBy(f => f.Id);

    private static IQueryable<ContainerCustomization> LooksOf(HomelabDbContext db, int user) => db.Set<ContainerCustomization>().Where(c => c.UserId == user);

    private static FavoriteGroupRecord ToRecord(FavoriteGroup group) => new(group.Id, group.Name, group.SortOrder, group.Color, group.IconKey);

    private static CustomizationRecord ToRecord(ContainerCustomization row) => new(row.IconKey, row.IconColor, row.BgColor);

    [GeneratedRegex(@"\A#[0-9a-fA-F]{6}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Color();
}
