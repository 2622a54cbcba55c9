using System.Collections.Concurrent;
using System.Security.Claims;
using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>Writes down when a token and a sign-in were last used, each at most once a minute. Singleton.</summary>
public sealed class AccountActivity(IDbContextFactory<HomelabDbContext> databases, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, DateTime> _written = new(StringComparer.Ordinal);

    public async Task TokenUsedAsync(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(AccountDirectory.TokenClaim) is { } id && IsDue(id, out var now))
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.Set<ApiToken>().Where(t => t.Id == id).ExecuteUpdateAsync(t => t.SetProperty(x => x.LastUsedAt, now));
        }
    }

    public async Task SignInUsedAsync(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(AccountDirectory.SignInClaim) is { } id && IsDue(id, out var now))
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.Set<SignIn>().Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now));
        }
    }

    private bool IsDue(string id, out DateTime now)
    {
        now = time.GetUtcNow().UtcDateTime;
        if (_written.TryGetValue(id, out var last))
        {
            return now - last >= Step && _written.TryUpdate(id, now, last);
        }

        if (_written.Count >= MostRemembered)
        {
            _written.Clear();
        }

        return _written.TryAdd(id, now);
    }
}
