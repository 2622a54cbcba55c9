using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>The attempts to prepare hosts: rows of bootstrap_status, and the last of each host live. Singleton.</summary>
public sealed class BootstrapBoard(IDbContextFactory<HomelabDbContext> databases, TimeProvider time) : IHostedService
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>By host.</summary>
    public LiveStore<string, BootstrapRecord> Live { get; } = new(time);

    /// <summary>What was under way when the program ended is over.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<BootstrapStatus>().Where(b => b.Status == BootstrapState.Running || b.Status == BootstrapState.Pending).ToListAsync(cancellationToken);
        foreach (var attempt in open)
        {
            attempt.Status = BootstrapState.Failed;
            attempt.ErrorMessage = "The dashboard was ended in the middle of it. Start it again; what was done already is left as it is.";
            attempt.Steps = JsonSerializer.Serialize(StepsOf(attempt).Select(s => s.Status == BootstrapState.Running ? s with { Status = BootstrapState.Failed } : s), Json);
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var attempt in await db.Set<BootstrapStatus>().AsNoTracking().GroupBy(b => b.HostId).Select(g => g.OrderByDescending(b => b.Id).First()).ToListAsync(cancellationToken))
        {
            Live.Set(attempt.HostId, ToRecord(attempt));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A new attempt.</summary>
    /// <returns>Its row's id.</returns>
    internal async Task<int> BeginAsync(BootstrapRecord record, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = new BootstrapStatus { HostId = record.HostId, Status = record.Status };
        Write(row, record);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        Live.Set(record.HostId, record);
        return row.Id;
    }

    internal async Task SetAsync(int id, BootstrapRecord record)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        Write(await db.Set<BootstrapStatus>().SingleAsync(b => b.Id == id), record);
        await db.SaveChangesAsync();
        Live.Set(record.HostId, record);
    }

    private static void Write(BootstrapStatus row, BootstrapRecord record)
    {
        row.Status = record.Status;
        row.AutomationUser = record.AutomationUser;
        row.LastAttempt = record.LastAttempt;
        row.ErrorMessage = record.ErrorMessage;
        row.Steps = JsonSerializer.Serialize(record.Steps, Json);
    }

    private static BootstrapRecord ToRecord(BootstrapStatus row) =>
        new(row.HostId, row.Status, row.AutomationUser ?? "", row.LastAttempt ?? row.CreatedAt, row.ErrorMessage, StepsOf(row));

    private static List<BootstrapStep> StepsOf(BootstrapStatus row) => JsonSerializer.Deserialize<List<BootstrapStep>>(row.Steps, Json) ?? [];
}
