using System.Net;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>Says whether a username and a password belong together, with the same answer and the same work for unknown names. Singleton.</summary>
public sealed class PasswordCheck(
    IDbContextFactory<HomelabDbContext> databases, IPasswordHasher<User> hasher, SignInThrottle throttle, ActivityLog log)
{
    private static readonly User Nobody = new() { Username = "", HashedPassword = "" };

    /// <summary>What the password of an unknown name is compared with, so that it takes as long as any other.</summary>
    private readonly string _nobodysHash = hasher.HashPassword(Nobody, Guid.NewGuid().ToString());

    public string Hash(string password) => hasher.HashPassword(Nobody, password);

    /// <returns>The user's id; <c>UNAUTHENTICATED</c>, or <c>RATE_LIMITED</c> with the time to wait.</returns>
    public async Task<Result<int>> CheckAsync(string username, string password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (throttle.Begin(username, address) is { } wait)
        {
            return TooMany(wait);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var user = await db.Set<User>().SingleOrDefaultAsync(u => u.Username == username && u.IsActive, cancellationToken);
        var verified = hasher.VerifyHashedPassword(user ?? Nobody, user?.HashedPassword ?? _nobodysHash, password);
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            log.Write(LogEntryLevel.Warning, AccountsSetup.Source, "A sign-in failed.", details: user is null ? null : new { UserId = user.Id });
            return new Problem(ApiProblem.Unauthenticated, "The username or the password is wrong.");
        }

        throttle.Succeeded(username, address);
        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            user.HashedPassword = Hash(password);
            await db.SaveChangesAsync(CancellationToken.None);
        }

        return user.Id;
    }

    /// <summary>For a user who is signed in already and is asked again.</summary>
    public Result CheckAgain(User user, string password, string field)
    {
        if (throttle.Begin(user.Username, null) is { } wait)
        {
            return TooMany(wait);
        }

        if (hasher.VerifyHashedPassword(user, user.HashedPassword, password) == PasswordVerificationResult.Failed)
        {
            return Problem.Invalid(field, "This is not your present password.");
        }

        throttle.Succeeded(user.Username, null);
        return Result.Ok;
    }

    private static Problem TooMany(TimeSpan wait)
    {
        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        return new(ApiProblem.RateLimited, $"Too many failed sign-ins. Try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}.") { RetryAfter = wait };
    }
}
