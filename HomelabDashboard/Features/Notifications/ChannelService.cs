using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Notifications;

/// <summary>The channels and what was sent on them: what pages and endpoints call.</summary>
public sealed class ChannelService(IDbContextFactory<HomelabDbContext> databases, NotificationOutbox outbox, ChannelSecrets secrets, ActivityLog activity, Access access)
{
    public const int MaxChannels = 50;

    /// <summary>Needs settings:read. Changes with each change of a delivery or channel.</summary>
    public async ValueTask<LiveStore<int, DeliveriesChange>> ChangesAsync()
    {
        await access.RequireAsync(Scopes.SettingsRead);
        return outbox.Changes;
    }

    /// <summary>Needs settings:read. In the order of their making; there are at most <see cref="MaxChannels"/>.</summary>
    public async Task<IReadOnlyList<ChannelRecord>> ListAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await db.Set<NotificationChannel>().AsNoTracking().OrderBy(c => c.Id).ToListAsync(cancellationToken)).Select(Record)];
    }

    /// <summary>Needs settings:read. <c>NOT_FOUND</c>.</summary>
    public async Task<Result<ChannelRecord>> GetAsync(int id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, id, cancellationToken) is { } found ? Record(found) : Problem.NotFound("channel");
    }

    /// <summary>Needs settings:write. <c>VALIDATION_FAILED</c> by field; <c>CHANNELS_FULL</c>.</summary>
    public async Task<Result<ChannelRecord>> AddAsync(ChannelInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        if (input.Check(hasSecret: false) is { } problem)
        {
            return problem;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<NotificationChannel>().CountAsync(cancellationToken) >= MaxChannels)
        {
            return new Problem("CHANNELS_FULL", $"There are {MaxChannels} channels, which is as many as there can be. Delete one first.");
        }

        var channel = new NotificationChannel { Name = "", Kind = input.Kind, Settings = "{}" };
        Apply(channel, input);
        db.Add(channel);
        await db.SaveChangesAsync(cancellationToken);
        Done($"{caller.Username} added the notification channel “{channel.Name}”.");
        return Record(channel);
    }

    /// <summary>Needs settings:write. <c>NOT_FOUND</c>, <c>VALIDATION_FAILED</c> by field. A secret is not taken along to another address, nor is it to another host that it may be a private one.</summary>
    public async Task<Result<ChannelRecord>> ChangeAsync(int id, ChannelInput input, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, id, cancellationToken) is not { } channel)
        {
            return Problem.NotFound("channel");
        }

        if (input.Kind != channel.Kind)
        {
            return Problem.Invalid("kind", "The kind of a channel cannot be changed. Add another channel.");
        }

        if (input.Check(channel.Secret is not null) is { } problem)
        {
            return problem;
        }

        var (before, after) = (ChannelSettings.Read(channel.Settings), input.Settings ?? new());
        if (channel.Secret is not null && input.Secret is null && (before.Url, before.Server, before.Port, before.Security, before.Username) != (after.Url, after.Server, after.Port, after.Security, after.Username))
        {
            return Problem.Invalid("secret", "Give it again: the one that is kept was for another address or encryption.");
        }

        if (channel.AllowPrivateHost && input.AllowPrivateHost is null && IsOtherHost(channel, input))
        {
            return Problem.Invalid("allow_private_host", "Say again whether it may be on this machine or its own link: that was allowed for another host.");
        }

        Apply(channel, input);
        await db.SaveChangesAsync(cancellationToken);
        Done($"{caller.Username} changed the notification channel “{channel.Name}”.");
        return Record(channel);
    }

    /// <summary>Needs settings:write. What was sent on it is forgotten too. <c>NOT_FOUND</c>.</summary>
    public async Task<Result> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, id, cancellationToken) is not { } channel)
        {
            return Problem.NotFound("channel");
        }

        db.Remove(channel);
        await db.SaveChangesAsync(cancellationToken);
        Done($"{caller.Username} deleted the notification channel “{channel.Name}”.");
        return Result.Ok;
    }

    /// <summary>Needs settings:write. Sends a test, also on a channel that is off, and answers how that went, within 15 seconds. <c>NOT_FOUND</c>.</summary>
    public async Task<Result<DeliveryRecord>> TestAsync(int id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SettingsWrite);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, id, cancellationToken) is not { } channel)
        {
            return Problem.NotFound("channel");
        }

        activity.Write(LogEntryLevel.Info, "notifications", $"{caller.Username} sent a test on the notification channel “{channel.Name}”.");
        return await outbox.TestAsync(channel, caller.Username);
    }

    /// <summary>Needs settings:read. What was sent and what waits, newest first.</summary>
    /// <param name="channelId">Null: of all channels.</param>
    /// <param name="before">The id of the last one of the page before; null for the first page.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(int? channelId, long? before, int limit, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.SettingsRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<NotificationDelivery>().AsNoTracking().Where(d => (channelId == null || d.ChannelId == channelId) && (before == null || d.Id < before))
            .OrderByDescending(d => d.Id).Take(limit).Select(DeliveryRecord.FromRow).ToListAsync(cancellationToken);
    }

    private void Done(string what)
    {
        outbox.Changed();
        activity.Write(LogEntryLevel.Info, "notifications", what);
    }

    private void Apply(NotificationChannel channel, ChannelInput input)
    {
        (channel.Name, channel.MinLevel, channel.SendClosed) = (input.Name.Trim(), input.MinLevel, input.SendClosed);
        (channel.AllowPrivateHost, channel.Enabled) = (input.AllowPrivateHost ?? channel.AllowPrivateHost, input.Enabled);
        channel.Settings = (input.Settings ?? new()).ToJson();
        channel.Secret = input.Secret switch { null => channel.Secret, "" => null, var secret => secrets.Protect(secret) };
        channel.Categories = [.. (input.Categories ?? []).Distinct()];
        (channel.QuietFrom, channel.QuietUntil, channel.Timezone) = (Text(input.QuietFrom), Text(input.QuietUntil), Text(input.Timezone));
    }

    private bool IsOtherHost(NotificationChannel channel, ChannelInput input)
    {
        if (ChannelInput.IsSecretAddress(channel.Kind) && input.Secret is null)
        {
            return false;
        }

        try
        {
            var before = secrets.Target(channel);
            var after = before with { Settings = input.Settings ?? new(), Secret = input.Secret };
            return !string.Equals(before.Host, after.Host, StringComparison.OrdinalIgnoreCase);
        }
        catch (NotificationException)
        {
            // What it was cannot be read any more.
            return true;
        }
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Task<NotificationChannel?> FindAsync(HomelabDbContext db, int id, CancellationToken cancellationToken) =>
        db.Set<NotificationChannel>().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);

    private static ChannelRecord Record(NotificationChannel c) => new(
        c.Id, c.Name, c.Kind, ChannelSettings.Read(c.Settings), c.Secret is not null, c.MinLevel, c.Categories, c.QuietFrom, c.QuietUntil, c.Timezone,
        c.SendClosed, c.AllowPrivateHost, c.Enabled, c.CreatedAt, c.UpdatedAt);
}
