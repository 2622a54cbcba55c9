using System.Net;
using System.Security.Claims;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>A browser that is signed in, as its owner sees it.</summary>
/// <param name="Id">Names it for <see cref="SignInService.EndAsync(string)"/>.</param>
/// <param name="Address">Where it came from; null where that was not known.</param>
/// <param name="UserAgent">What the browser calls itself; text from outside.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastSeenAt">To the minute.</param>
/// <param name="IsThisOne">It is the browser that asks.</param>
public sealed record SignInRecord(string Id, string? Address, string? UserAgent, DateTime CreatedAt, DateTime LastSeenAt, bool IsThisOne);

/// <summary>Signing in to the pages and out of them.</summary>
public sealed class SignInService(
    IDbContextFactory<HomelabDbContext> databases, PasswordCheck passwords, AccountDirectory directory, ActivityLog log, Access access, TimeProvider time)
{
    private const int MostPerUser = 50;
    private const int LongestUserAgent = 255;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <returns>The principal for the cookie; <c>UNAUTHENTICATED</c>, or <c>RATE_LIMITED</c>.</returns>
    public async Task<Result<ClaimsPrincipal>> SignInAsync(
        string username, string password, IPAddress? address, string? userAgent, CancellationToken cancellationToken)
    {
        var check = await passwords.CheckAsync(username, password, address, cancellationToken);
        return check.Succeeded ? await BeginAsync(check.Value, address, userAgent) : check.Problem;
    }

    /// <summary>Signs somebody in who was found to be right already.</summary>
    internal async Task<ClaimsPrincipal> BeginAsync(int userId, IPAddress? address, string? userAgent)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var signIn = new SignIn
        {
            Id = ShortId.New(26),
            UserId = userId,
            Address = address?.ToString(),
            UserAgent = userAgent?.Length > LongestUserAgent ? userAgent[..LongestUserAgent] : userAgent,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + LongestLife,
        };
        await using var db = await databases.CreateDbContextAsync();
        var username = await db.Set<User>().Where(u => u.Id == userId).Select(u => u.Username).SingleAsync();
        db.Add(signIn);
        await db.SaveChangesAsync();
        await db.Set<User>().Where(u => u.Id == userId).ExecuteUpdateAsync(u => u.SetProperty(x => x.LastLogin, now));
        await db.Set<SignIn>().Where(s => s.ExpiresAt <= now).ExecuteDeleteAsync();
        var tooMany = await db.Set<SignIn>().Where(s => s.UserId == userId)
            .OrderByDescending(s => s.CreatedAt).Skip(MostPerUser).Select(s => s.Id).ToListAsync();
        await db.Set<SignIn>().Where(s => tooMany.Contains(s.Id)).ExecuteDeleteAsync();
        await directory.ReloadAsync(userId);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{username} signed in.", details: new { UserId = userId });
        return AccountDirectory.PrincipalOf(userId, username, AccountDirectory.SignInClaim, signIn.Id, AccountsSchemes.Cookie);
    }

    /// <summary>Ends the sign-in of the browser that asks.</summary>
    public async Task SignOutAsync()
    {
        if (await access.CurrentAsync() is { SignInId: { } id } caller)
        {
            await EndAsync(caller, id);
            log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} signed out.", details: new { caller.UserId });
        }
    }

    /// <summary>The caller's own sign-ins, the latest used first.</summary>
    public async Task<IReadOnlyList<SignInRecord>> ListOwnAsync(CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync();
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<SignIn>().AsNoTracking().Where(s => s.UserId == caller.UserId && s.ExpiresAt > now)
            .OrderByDescending(s => s.LastSeenAt)
            .Select(s => new SignInRecord(s.Id, s.Address, s.UserAgent, s.CreatedAt, s.LastSeenAt, s.Id == caller.SignInId))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ends one of the caller's own sign-ins, with the pages that it has open.</summary>
    public async Task<Result> EndAsync(string id)
    {
        var caller = await access.RequireAsync();
        if (!await EndAsync(caller, id))
        {
            return Problem.NotFound("sign-in");
        }

        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"{caller.Username} ended a sign-in elsewhere.", details: new { caller.UserId });
        return Result.Ok;
    }

    private async Task<bool> EndAsync(Caller caller, string id)
    {
        await using var db = await databases.CreateDbContextAsync();
        var ended = await db.Set<SignIn>().Where(s => s.Id == id && s.UserId == caller.UserId).ExecuteDeleteAsync();
        await directory.ReloadAsync(caller.UserId);
        return ended > 0;
    }
}
