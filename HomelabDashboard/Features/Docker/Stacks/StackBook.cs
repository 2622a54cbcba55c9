using System.Text.Json;
using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>Which projects there are and where their files are. Singleton.</summary>
public sealed class StackBook(DockerBoard board, IDbContextFactory<HomelabDbContext> databases, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1, 1);

    /// <summary>Of all hosts, by host and name.</summary>
    public async Task<IReadOnlyList<(StackSummary Stack, StackDefinition? Definition, IReadOnlyList<ContainerSummary> Containers)>> AllAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = (await db.Set<DockerStack>().AsNoTracking().Where(s => db.Set<Host>().Any(h => h.Id == s.HostId && h.DockerEnabled)).ToListAsync(cancellationToken))
            .ToDictionary(s => (s.HostId, s.Name), s => new StackDefinition(s.WorkingDir, JsonSerializer.Deserialize<List<string>>(s.ConfigFiles) ?? [], s.EnvFile));
        var there = board.Containers.Snapshot().Values.Where(c => c.ComposeProject is not null).GroupBy(c => (c.HostId, Name: c.ComposeProject!)).ToDictionary(g => g.Key, g => g.ToList());
        return [.. there.Keys.Union(known.Keys).Order().Select(key =>
        {
            IReadOnlyList<ContainerSummary> containers = there.TryGetValue(key, out var found)
                ? [.. found.OrderBy(c => c.ComposeService, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)]
                : [];

            var definition = DefinitionOf(containers, known.GetValueOrDefault(key));
            var running = containers.Count(c => c.IsUp);
            var status = containers.Count == 0 ? "down" : running == containers.Count ? "running" : running == 0 ? "stopped" : "partial";
            return (new StackSummary(key.HostId, key.Item2, status, containers.Count, running, definition?.WorkingDir, definition?.Files ?? []), definition, containers);
        })];
    }

    public async Task<(StackSummary Stack, StackDefinition? Definition, IReadOnlyList<ContainerSummary> Containers)?> FindAsync(string hostId, string name, CancellationToken cancellationToken) =>
        (await AllAsync(cancellationToken)).Where(s => s.Stack.HostId == hostId && s.Stack.Name == name).Select(s => ((StackSummary, StackDefinition?, IReadOnlyList<ContainerSummary>)?)s).FirstOrDefault();

    /// <summary>One asks for work on a project at a time, until what is returned is disposed of.</summary>
    internal async Task<IDisposable> AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        return new Asked(_asking);
    }

    /// <summary>
    /// Labels are anybody's, and what the files say is run with the rights of the engine. So all containers of a project must agree on
    /// where they are, or else it is where it was when the project was last worked with.
    /// </summary>
    private static StackDefinition? DefinitionOf(IReadOnlyList<ContainerSummary> containers, StackDefinition? remembered)
    {
        if (containers.Count == 0)
        {
            return remembered;
        }

        var told = containers.Select(c => StackDefinition.Of(c.Labels)).OfType<StackDefinition>().ToList();
        return told.Count == 0 ? null
            : told.TrueForAll(told[0].IsSame) ? told[0]
            : remembered is not null && told.Exists(remembered.IsSame) ? remembered : null;
    }

    /// <summary>Writes down where a project's files are, so that it can be brought up again once none of its containers is left.</summary>
    public async Task RememberAsync(string hostId, string name, StackDefinition definition, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<DockerStack>().SingleOrDefaultAsync(s => s.HostId == hostId && s.Name == name, cancellationToken);
        if (row is null)
        {
            row = new DockerStack { HostId = hostId, Name = name, WorkingDir = "", ConfigFiles = "[]" };
            db.Add(row);
        }

        (row.WorkingDir, row.ConfigFiles, row.EnvFile, row.LastUpdateAt) =
            (definition.WorkingDir, JsonSerializer.Serialize(definition.Files), definition.EnvFile, time.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <returns>Whether it was remembered.</returns>
    public async Task<bool> ForgetAsync(string hostId, string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<DockerStack>().Where(s => s.HostId == hostId && s.Name == name).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    public void Dispose() => _asking.Dispose();

    private sealed class Asked(SemaphoreSlim asking) : IDisposable
    {
        public void Dispose() => asking.Release();
    }
}
