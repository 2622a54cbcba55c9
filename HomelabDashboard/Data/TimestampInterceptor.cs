using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HomelabDashboard.Data;

/// <summary>Sets <c>CreatedAt</c> of new rows and <c>UpdatedAt</c> of new and changed ones by the program's clock.</summary>
public sealed class TimestampInterceptor(TimeProvider time) : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Stamp(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Stamp(eventData.Context);
        return new(result);
    }

    private void Stamp(DbContext? context)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var entry in context?.ChangeTracker.Entries() ?? [])
        {
            if (entry.State == EntityState.Added && entry.Metadata.FindProperty("CreatedAt") is { } created
                && entry.Property(created).CurrentValue is null or DateTime { Ticks: 0 })
            {
                entry.Property(created).CurrentValue = now;
            }

            if (entry.State is EntityState.Added or EntityState.Modified && entry.Metadata.FindProperty("UpdatedAt") is { } updated)
            {
                entry.Property(updated).CurrentValue = now;
            }
        }
    }
}
