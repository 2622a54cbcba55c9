using System.Net;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>An API token as its owner sees it; never the token itself.</summary>
public sealed record TokenRecord(string Id, string Name, IReadOnlyList<string> Scopes, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? LastUsedAt);

/// <summary>A token that was just made.</summary>
/// <param name="Id">Names it in the list.</param>
/// <param name="Token">The token itself. It is not kept anywhere, so this is the one time to show it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record NewToken(string Id, string Token, IReadOnlyList<string> Scopes, DateTime? ExpiresAt);

/// <summary>What a new token is to be.</summary>
/// <param name="Name">Anything; it says to its owner what it is for.</param>
/// <param name="Scopes">A part of the owner's; null: all of them.</param>
/// <param name="Lifetime">Null: it does not expire.</param>
public sealed record TokenInput(string? Name, IReadOnlyCollection<string>? Scopes, TimeSpan? Lifetime);

/// <summary>The API tokens: what pages and endpoints call. Everybody sees and revokes their own.</summary>
public sealed class TokenService(
    IDbContextFactory<HomelabDbContext> databases, PasswordCheck passwords, AccountDirectory directory, ActivityLog log, Access access, TimeProvider time)
{
    public const int MostPerUser = 100;
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3650);

    /// <summary>The caller's own tokens, newest first.</summary>
    public async Task<Page<TokenRecord>> ListOwnAsync(ListQuery query, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var tokens = db.Set<ApiToken>().AsNoTracking().Where(t => t.UserId == caller.UserId);
        if (query.After is { } after)
        {
            var last = await tokens.Where(t => t.Id == after).Select(t => (DateTime?)t.CreatedAt).FirstOrDefaultAsync(cancellationToken);
            tokens = tokens.Where(t => t.CreatedAt < last || (t.CreatedAt == last && string.Compare(t.Id, after) < 0));
        }

        var rows = await tokens.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(query.Take + 1)
            .Select(t => new { t.Id, t.Name, t.Scopes, t.CreatedAt, t.ExpiresAt, t.LastUsedAt }).ToListAsync(cancellationToken);
        return query.PageOf(
            rows.ConvertAll(t => new TokenRecord(t.Id, t.Name, t.Scopes.Split(' '), t.CreatedAt, t.ExpiresAt, t.LastUsedAt)), t => t.Id);
    }

    /// <summary>A token for the caller, who must be signed in by the page: a token makes no tokens.</summary>
    public async Task<Result<NewToken>> CreateAsync(TokenInput input)
    {
        var caller = await access.RequireAsync();
        return caller.TokenId is null ? await MakeAsync(caller.UserId, input) : throw new AccessDeniedException(Scopes.Admin);
    }

    /// <summary>A token for whoever the username and password say.</summary>
    public async Task<Result<NewToken>> IssueAsync(string username, string password, TokenInput input, IPAddress? address, CancellationToken cancellationToken)
    {
        var check = await passwords.CheckAsync(username, password, address, cancellationToken);
        return check.Succeeded ? await MakeAsync(check.Value, input) : check.Problem;
    }

    /// <summary>Revokes one of the caller's own tokens; what it has open ends.</summary>
    public async Task<Result> RevokeAsync(string id)
    {
        var caller = await access.RequireAsync();
        await using var db = await databases.CreateDbContextAsync();
        if (await db.Set<ApiToken>().Where(t => t.Id == id && t.UserId == caller.UserId).ExecuteDeleteAsync() == 0)
        {
            return Problem.NotFound("token");
        }

        await directory.ReloadAsync(caller.UserId);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} revoked an API token.", details: new { caller.UserId, TokenId = id });
        return Result.Ok;
    }

    private async Task<Result<NewToken>> MakeAsync(int userId, TokenInput input)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var user = await db.Set<User>().AsNoTracking().SingleAsync(u => u.Id == userId);
        var owned = Scopes.Of(user.Role);
        var scopes = (input.Scopes ?? (user.Role == UserRole.Admin ? [Scopes.Admin] : [.. owned])).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var name = string.IsNullOrWhiteSpace(input.Name) ? "API token" : input.Name.Trim();
        var notOwned = scopes.Where(s => !owned.Contains(s)).ToList();
        var rules = new AccountRules()
            .Check("name", name.Length <= 100 && !name.Any(char.IsControl), "A name has at most 100 characters, on one line.")
            .Check("scopes", scopes.Count > 0, "Choose at least one scope.")
            .Check("scopes", notOwned.Count == 0, "These are no scopes of yours: " + string.Join(", ", notOwned.Take(5).Select(s => s.Length <= 50 ? s : s[..50])) + ".")
            .Check("expires_in", input.Lifetime is null || (input.Lifetime > TimeSpan.Zero && input.Lifetime <= LongestLifetime), "A token lasts at most 3650 days.");
        if (rules.Problem is { } problem)
        {
            return problem;
        }

        await db.Set<ApiToken>().Where(t => t.UserId == userId && t.ExpiresAt <= now).ExecuteDeleteAsync();
        if (await db.Set<ApiToken>().CountAsync(t => t.UserId == userId) >= MostPerUser)
        {
            return new Problem("QUOTA_EXCEEDED", $"There are {MostPerUser} tokens already. Revoke one that is not needed any more.");
        }

        var (id, text) = ApiTokenText.New();
        var token = new ApiToken
        {
            Id = id,
            UserId = userId,
            Name = name,
            TokenHash = Convert.ToHexStringLower(ApiTokenText.Hash(text)),
            Scopes = string.Join(' ', scopes),
            ExpiresAt = now + input.Lifetime,
        };
        db.Add(token);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        await directory.ReloadAsync(userId);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{user.Username} made an API token.", details: new { UserId = userId, TokenId = id, token.Scopes, token.ExpiresAt });
        return new NewToken(id, text, scopes, token.ExpiresAt);
    }
}
