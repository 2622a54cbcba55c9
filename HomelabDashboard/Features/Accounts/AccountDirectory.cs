using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// The active users with their tokens and sign-ins, in memory, so that every check is made against the state of this moment and costs no query. Singleton.
/// </summary>
public sealed class AccountDirectory(IDbContextFactory<HomelabDbContext> databases, TimeProvider time) : IDisposable
{
    /// <summary>The claim that names the sign-in of a browser, or the API token of a program.</summary>
    internal const string SignInClaim = "sign_in";
    internal const string TokenClaim = "token";

    private readonly ConcurrentDictionary<int, Account> _accounts = new();
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Raised after a user, a token or a sign-in was changed, deactivated or revoked, with the user's id: whoever holds something open for that user looks again.</summary>
    public event Action<int>? Changed;

    /// <summary>The caller that a cookie's or token's principal stands for, or null when it may no longer be used.</summary>
    public Caller? Resolve(ClaimsPrincipal principal)
    {
        if (!int.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var userId)
            || !_accounts.TryGetValue(userId, out var account))
        {
            return null;
        }

        var now = time.GetUtcNow().UtcDateTime;
        if (principal.FindFirstValue(TokenClaim) is { } tokenId)
        {
            return account.Tokens.TryGetValue(tokenId, out var token) && !(token.ExpiresAt <= now)
                ? new(account.UserId, account.Username, account.Role, token.Scopes, tokenId)
                : null;
        }

        return principal.FindFirstValue(SignInClaim) is { } signIn && account.SignIns.TryGetValue(signIn, out var expiresAt) && expiresAt > now
            ? new(account.UserId, account.Username, account.Role, Scopes.Of(account.Role), null) { SignInId = signIn }
            : null;
    }

    /// <summary>The role of an active user; null when there is none such, or no longer.</summary>
    public UserRole? RoleOf(int userId) => _accounts.TryGetValue(userId, out var account) ? account.Role : null;

    /// <summary>The principal for the token of an <c>Authorization</c> header, or null when there is none such, or no longer.</summary>
    internal ClaimsPrincipal? Authenticate(string presented, string scheme)
    {
        if (!ApiTokenText.TryReadId(presented, out var id))
        {
            return null;
        }

        var hash = ApiTokenText.Hash(presented);
        foreach (var account in _accounts.Values)
        {
            if (account.Tokens.TryGetValue(id, out var token) && CryptographicOperations.FixedTimeEquals(hash, token.Hash))
            {
                var principal = PrincipalOf(account.UserId, account.Username, TokenClaim, id, scheme);
                return Resolve(principal) is null ? null : principal;
            }
        }

        return null;
    }

    internal static ClaimsPrincipal PrincipalOf(int userId, string username, string kind, string id, string scheme) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, userId.ToString(CultureInfo.InvariantCulture)),
            new(ClaimTypes.Name, username),
            new(kind, id),
        ],
        scheme));

    /// <summary>Reads every active user; once, before the program takes requests.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        foreach (var id in await db.Set<User>().Select(u => u.Id).ToListAsync(cancellationToken))
        {
            await ReadAsync(db, id);
        }
    }

    /// <summary>Reads one user again after a change of the user, a token or a sign-in was saved, and tells those who listen.</summary>
    internal async Task ReloadAsync(int userId)
    {
        await using (var db = await databases.CreateDbContextAsync())
        {
            await ReadAsync(db, userId);
        }

        Changed?.Invoke(userId);
    }

    private async Task ReadAsync(HomelabDbContext db, int userId)
    {
        // One at a time, so that an older reading never replaces a newer one.
        await _reading.WaitAsync();
        try
        {
            var user = await db.Set<User>().AsNoTracking().Where(u => u.Id == userId && u.IsActive)
                .Select(u => new { u.Username, u.Role }).FirstOrDefaultAsync();
            if (user is null)
            {
                _accounts.TryRemove(userId, out _);
                return;
            }

            var tokens = await db.Set<ApiToken>().AsNoTracking().Where(t => t.UserId == userId)
                .Select(t => new { t.Id, t.TokenHash, t.Scopes, t.ExpiresAt }).ToListAsync();
            var signIns = await db.Set<SignIn>().AsNoTracking().Where(s => s.UserId == userId)
                .Select(s => new { s.Id, s.ExpiresAt }).ToListAsync();
            _accounts[userId] = new(
                userId,
                user.Username,
                user.Role,
                tokens.ToDictionary(
                    t => t.Id,
                    t => new LiveToken(Convert.FromHexString(t.TokenHash), Scopes.Limit(t.Scopes.Split(' '), user.Role), t.ExpiresAt),
                    StringComparer.Ordinal),
                signIns.ToDictionary(s => s.Id, s => s.ExpiresAt, StringComparer.Ordinal));
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private sealed record Account(
        int UserId, string Username, UserRole Role, IReadOnlyDictionary<string, LiveToken> Tokens, IReadOnlyDictionary<string, DateTime> SignIns);

    private sealed record LiveToken(byte[] Hash, IReadOnlySet<string> Scopes, DateTime? ExpiresAt);
}
