using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Docker.Stacks;

/// <summary>Which projects there are and where their files are, and what Compose says while it works. Singleton.</summary>
public sealed class StackBook(DockerBoard board, IDbContextFactory<HomelabDbContext> databases, TimeProvider time)
{
    private const int MostLines = 500;
    private const int LongestLine = 500;
    private const int MostOutputs = 50;

    /// <summary>By operation, those of late.</summary>
    public LiveStore<string, StackOutput> Outputs { get; } = new(time);

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

            // The newest container tells where the files are now.
            var definition = containers.OrderByDescending(c => c.CreatedAt).Select(c => StackDefinition.Of(c.Labels)).FirstOrDefault(d => d is not null)
                ?? (containers.Count == 0 ? known.GetValueOrDefault(key) : null);
            var running = containers.Count(c => c.IsUp);
            var status = containers.Count == 0 ? "down" : running == containers.Count ? "running" : running == 0 ? "stopped" : "partial";
            return (new StackSummary(key.HostId, key.Item2, status, containers.Count, running, definition?.WorkingDir, definition?.Files ?? []), definition, containers);
        })];
    }

    public async Task<(StackSummary Stack, StackDefinition? Definition, IReadOnlyList<ContainerSummary> Containers)?> FindAsync(string hostId, string name, CancellationToken cancellationToken) =>
        (await AllAsync(cancellationToken)).Where(s => s.Stack.HostId == hostId && s.Stack.Name == name).Select(s => ((StackSummary, StackDefinition?, IReadOnlyList<ContainerSummary>)?)s).FirstOrDefault();

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

    /// <summary>Adds a line to what Compose says in an operation.</summary>
    internal void Say(string operationId, string line)
    {
        var text = line.Length > LongestLine ? line[..LongestLine] + "…" : line;
        Outputs.Update(operationId, before => new(operationId, [.. (before?.Lines ?? []).TakeLast(MostLines - 1), text]));
        if (Outputs.Snapshot() is { Count: > MostOutputs } outputs)
        {
            // Ids are in the order of time.
            Outputs.Remove(outputs.Keys.Min(StringComparer.Ordinal)!);
        }
    }
}
