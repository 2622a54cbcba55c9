using System.Security.Cryptography;
using System.Text;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Accounts;

/// <summary>
/// How a fresh instance gets its first admin: from the settings, or on the setup page with a one-time code that only the log shows,
/// so that nobody on the network can take it over. Singleton.
/// </summary>
public sealed partial class FirstAdmin(
    IDbContextFactory<HomelabDbContext> databases,
    DataFolder folder,
    PasswordCheck passwords,
    AccountDirectory directory,
    ActivityLog log,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<FirstAdmin> logger) : IDisposable
{
    private const string UsernameKey = "HOMELAB_ADMIN_USERNAME";
    private const string PasswordKey = "HOMELAB_ADMIN_PASSWORD";
    private const string PasswordFileKey = "HOMELAB_ADMIN_PASSWORD_FILE";
    private const int LargestPasswordFile = 4096;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _code;

    /// <summary>There is nobody who could sign in yet.</summary>
    public bool IsNeeded { get; private set; }

    /// <summary>
    /// What is wrong with the first admin in the settings, while there is no database yet. Later they may stay as they are, and the file
    /// of the password may be gone.
    /// </summary>
    public async Task<IEnumerable<string>> FaultsAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(folder.Database))
        {
            return [];
        }

        try
        {
            await ReadSettingsAsync(cancellationToken);
            return [];
        }
        catch (StartupException fault)
        {
            return [fault.Message];
        }
    }

    /// <summary>Reads the accounts, and makes the first admin or the code for one. Once, after the database is up to date and before requests are taken.</summary>
    /// <exception cref="StartupException">The first admin in the settings cannot be made as it is.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await directory.LoadAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<User>().IgnoreQueryFilters().AnyAsync(cancellationToken))
        {
            return;
        }

        if (await ReadSettingsAsync(cancellationToken) is var (username, password))
        {
            await MakeAsync(username, password);
            LogMade(logger, username);
            return;
        }

        IsNeeded = true;
        NewCode();
    }

    /// <summary>Makes the first admin. <c>VALIDATION_FAILED</c> by field (<c>code</c> too), or <c>NOT_FOUND</c> when there is one already.</summary>
    /// <returns>The user's id.</returns>
    public async Task<Result<int>> SetUpAsync(string code, string username, string password)
    {
        await _gate.WaitAsync();
        try
        {
            if (!IsNeeded)
            {
                return new Problem(ApiProblem.NotFound, "The dashboard is set up already. Sign in instead.");
            }

            if (!IsRight(code))
            {
                // 60 bits need no lock, and one would let anybody on the network keep the owner out.
                return Problem.Invalid("code", "This is not the code. It is in the log of the dashboard, on the line that says 'setup code'.");
            }

            if (new AccountRules().Username(username).Password(password, username).Problem is { } problem)
            {
                return problem;
            }

            var id = await MakeAsync(username, password);
            (IsNeeded, _code) = (false, null);
            return id;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<int> MakeAsync(string username, string password)
    {
        var user = UserService.Make(username, passwords.Hash(password), UserRole.Admin, time.GetUtcNow().UtcDateTime);
        await using var db = await databases.CreateDbContextAsync();
        db.Add(user);
        await db.SaveChangesAsync();
        await directory.ReloadAsync(user.Id);
        log.Write(LogEntryLevel.Info, AccountsSetup.Source, $"The first admin, {username}, was made.", details: new { UserId = user.Id });
        return user.Id;
    }

    private async Task<(string Username, string Password)?> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var (username, password, file) = (configuration[UsernameKey], configuration[PasswordKey], configuration[PasswordFileKey]);
        if (string.IsNullOrEmpty(username) && string.IsNullOrEmpty(password) && string.IsNullOrEmpty(file))
        {
            return null;
        }

        if (!string.IsNullOrEmpty(password) && !string.IsNullOrEmpty(file))
        {
            throw new StartupException($"Set {PasswordKey} or {PasswordFileKey}, not both.");
        }

        password = string.IsNullOrEmpty(file) ? password : await ReadPasswordAsync(file, cancellationToken);
        var rules = new AccountRules().Username(username).Password(password, username);
        return rules.Problem is { } problem
            ? throw new StartupException($"The first admin cannot be made from {UsernameKey} and {PasswordKey} (or {PasswordFileKey}). {problem.Message}")
            : (username!, password!);
    }

    private static async Task<string> ReadPasswordAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Length > LargestPasswordFile)
            {
                throw new StartupException($"The file in {PasswordFileKey} is too large to hold a password.");
            }

            return (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The file in {PasswordFileKey} cannot be read: {e.Message}");
        }
    }

    private bool IsRight(string code)
    {
        var typed = new string([.. code.Take(100).Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
        return _code is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed), Encoding.UTF8.GetBytes(_code));
    }

    private void NewCode()
    {
        _code = ShortId.New(12);
        LogCode(logger, $"{_code[..4]}-{_code[4..8]}-{_code[8..]}");
    }

    public void Dispose() => _gate.Dispose();

    [LoggerMessage(
        2001, LogLevel.Warning, "There is no user yet. Open the dashboard in a browser to make the first one; the setup code is {Code}.", EventName = DashboardLog.ForFilesAlone)]
    private static partial void LogCode(ILogger logger, string code);

    [LoggerMessage(2002, LogLevel.Information, "The first admin, {Username}, was made from the settings.")]
    private static partial void LogMade(ILogger logger, string username);
}
