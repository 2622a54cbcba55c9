using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Settings;

/// <summary>What somebody has chosen in the command palette and how often, so that it can come first. One setting for each person, bounded.</summary>
public sealed partial class PaletteUseService(IDbContextFactory<HomelabDbContext> databases, Access access, ILogger<PaletteUseService> logger)
{
    internal const int Kept = 100;
    private const int MostTimes = 1_000;
    private const int LongestKey = 300;

    /// <summary>The caller's own: times by key.</summary>
    public async Task<IReadOnlyDictionary<string, int>> ListAsync(CancellationToken cancellationToken)
    {
        var key = KeyOf(await access.RequireAsync());
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return Read(await db.Set<AppSetting>().AsNoTracking().Where(s => s.Key == key).Select(s => s.Value).SingleOrDefaultAsync(cancellationToken));
    }

    /// <summary>Counts one use; of more than a hundred things the least used is forgotten. One that cannot be counted is logged: what was chosen is done all the same.</summary>
    public async Task CountAsync(string what)
    {
        try
        {
            await AddAsync(KeyOf(await access.RequireAsync()), what);
        }
        catch (Exception fault)
        {
            LogUncounted(logger, fault);
        }
    }

    private async Task AddAsync(string key, string what)
    {
        if (what.Length > LongestKey)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync();
        var setting = await db.Set<AppSetting>().SingleOrDefaultAsync(s => s.Key == key);
        var times = Read(setting?.Value);
        times[what] = times.GetValueOrDefault(what) + 1;
        if (times[what] > MostTimes)
        {
            times = times.Where(t => t.Value > 1).ToDictionary(t => t.Key, t => t.Value / 2, StringComparer.Ordinal);
        }

        while (times.Count > Kept)
        {
            times.Remove(times.Where(t => t.Key != what).MinBy(t => t.Value).Key);
        }

        if (setting is null)
        {
            db.Add(setting = new AppSetting { Key = key });
        }

        setting.Value = JsonSerializer.Serialize(times);
        await db.SaveChangesAsync();
    }

    [LoggerMessage(2201, LogLevel.Warning, "A choice in the palette could not be counted.")]
    private static partial void LogUncounted(ILogger logger, Exception fault);

    private static string KeyOf(Caller caller) => "palette:" + caller.UserId.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, int> Read(string? value) =>
        value is null ? new(StringComparer.Ordinal) : new(JsonSerializer.Deserialize<Dictionary<string, int>>(value) ?? [], StringComparer.Ordinal);
}
