using System.Text;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Automation;

/// <summary>A version of a playbook in its history.</summary>
public sealed record PlaybookVersionSummary(int Id, string ContentHash, string? SavedBy, DateTime CreatedAt);

/// <summary>The text of playbooks, their history and what a check says of them: what pages and endpoints call.</summary>
public sealed class PlaybookService(
    Access access, PlaybookFolder playbooks, OperationQueue operations, LiveStore<string, PlaybookLint> lints, AnsiblePrograms programs,
    IDbContextFactory<HomelabDbContext> databases, PlaybookSaving saving, ActivityLog log)
{
    public const int VersionsKept = 50;
    private static readonly Problem Changed = new("PRECONDITION_FAILED", "Somebody has changed this playbook in the meantime. Look at their text, and save again on top of it.");

    /// <summary>Whether ansible-lint is on the dashboard's machine; without it the syntax alone is checked.</summary>
    public bool HasLint => programs.Lint is not null;

    /// <summary>Needs playbooks:read.</summary>
    /// <returns><c>NOT_FOUND</c>, or <c>PAYLOAD_TOO_LARGE</c> for a file that is too large to be shown.</returns>
    public async Task<Result<PlaybookText>> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        return await playbooks.ReadAsync(name, cancellationToken);
    }

    /// <summary>Needs playbooks:execute, as whoever writes a playbook says what runs.</summary>
    /// <param name="ifMatch">The hash of the text that this one was made from; null: it must be new.</param>
    /// <returns><c>VALIDATION_FAILED</c>, <c>PAYLOAD_TOO_LARGE</c>, or <c>PRECONDITION_FAILED</c> where the playbook is another one by now.</returns>
    public async Task<Result<PlaybookText>> SaveAsync(string name, string content, string? ifMatch, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        if (!RunRules.IsPlaybookName(name))
        {
            return Problem.Invalid("name", "A name has letters, digits, dots, hyphens and underscores, and ends in .yml or .yaml.");
        }

        var bytes = Encoding.UTF8.GetBytes(content);
        if (bytes.Length > PlaybookFolder.LargestPlaybook)
        {
            return new Problem("PAYLOAD_TOO_LARGE", $"A playbook has at most {PlaybookFolder.LargestPlaybook / 1024} KiB. Put the rest into roles or files of tasks.");
        }

        if (content.Contains('\0', StringComparison.Ordinal))
        {
            return Problem.Invalid("content", "This is no text.");
        }

        await saving.Turn.WaitAsync(cancellationToken);
        try
        {
            if (playbooks.IsTaken(name))
            {
                return Problem.Invalid("name", "There is something else of this name in the folder.");
            }

            var found = await playbooks.ReadAsync(name, cancellationToken);
            if (found.Problem is { Code: not "NOT_FOUND" } problem)
            {
                return problem;
            }

            var before = found.Value;
            if (before?.Hash != ifMatch)
            {
                return Changed;
            }

            var hash = PlaybookFolder.Hash(bytes);
            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            if (before is not null && !await db.Set<PlaybookVersion>().AnyAsync(v => v.Filename == name && v.ContentHash == before.Hash, CancellationToken.None))
            {
                db.Add(new PlaybookVersion { Filename = name, Content = before.Content, ContentHash = before.Hash });
                await db.SaveChangesAsync(CancellationToken.None);
            }

            await playbooks.WriteAsync(name, content, CancellationToken.None);
            if (before?.Hash != hash)
            {
                db.Add(new PlaybookVersion { Filename = name, Content = content, ContentHash = hash, SavedBy = caller.Username });
                await db.SaveChangesAsync(CancellationToken.None);
                var old = await db.Set<PlaybookVersion>().Where(v => v.Filename == name).OrderByDescending(v => v.Id).Skip(VersionsKept).Select(v => v.Id).ToListAsync(CancellationToken.None);
                await db.Set<PlaybookVersion>().Where(v => old.Contains(v.Id)).ExecuteDeleteAsync(CancellationToken.None);
                log.Write(LogEntryLevel.Info, AutomationSetup.Source, $"{caller.Username} {(before is null ? "wrote" : "changed")} the playbook {name}.");
            }

            await LintInTheBackgroundAsync(name, caller.Username);
            return new PlaybookText(name, content, hash);
        }
        finally
        {
            saving.Turn.Release();
        }
    }

    /// <summary>Needs playbooks:execute. Its versions stay, so that it can be brought back by its name.</summary>
    public async Task<Result> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        await saving.Turn.WaitAsync(cancellationToken);
        try
        {
            var found = await playbooks.ReadAsync(name, cancellationToken);
            if (found.Problem is { } problem)
            {
                return problem;
            }

            var text = found.Value!;

            if (ifMatch is not null && ifMatch != text.Hash)
            {
                return Changed;
            }

            await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
            if (!await db.Set<PlaybookVersion>().AnyAsync(v => v.Filename == name && v.ContentHash == text.Hash, CancellationToken.None))
            {
                db.Add(new PlaybookVersion { Filename = name, Content = text.Content, ContentHash = text.Hash });
                await db.SaveChangesAsync(CancellationToken.None);
            }

            playbooks.Delete(name);
            await ForgetLintAsync(name);
            log.Write(LogEntryLevel.Info, AutomationSetup.Source, $"{caller.Username} deleted the playbook {name}.");
            return Result.Ok;
        }
        finally
        {
            saving.Turn.Release();
        }
    }

    /// <summary>Needs playbooks:read. Newest first.</summary>
    public async Task<IReadOnlyList<PlaybookVersionSummary>> VersionsAsync(string name, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<PlaybookVersion>().AsNoTracking().Where(v => v.Filename == name).OrderByDescending(v => v.Id)
            .Select(v => new PlaybookVersionSummary(v.Id, v.ContentHash, v.SavedBy, v.CreatedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs playbooks:read. The text of a version; null where it is gone.</summary>
    public async Task<string?> VersionAsync(string name, int id, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<PlaybookVersion>().AsNoTracking().Where(v => v.Filename == name && v.Id == id).Select(v => v.Content).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Needs playbooks:read. What the last check said; null where there was none.</summary>
    public async Task<PlaybookLint?> LintResultAsync(string name, CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<PlaybookLintResult>().AsNoTracking().SingleOrDefaultAsync(r => r.Filename == name, cancellationToken) is { } row
            ? PlaybookLinter.ToRecord(row) with { OfOlderText = playbooks.Find(name) is { } path && PlaybookLintResult.IsOfOlderText(row.TextModifiedAt, row.UpdatedAt, File.GetLastWriteTimeUtc(path)) }
            : null;
    }

    /// <summary>Needs playbooks:read. Checks as they end.</summary>
    public async ValueTask<LiveStore<string, PlaybookLint>> LintsAsync()
    {
        await access.RequireAsync(Scopes.PlaybooksRead);
        return lints;
    }

    /// <summary>Needs playbooks:execute.</summary>
    public async Task<Result<OperationRecord>> LintAsync(string name, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.PlaybooksExecute);
        return playbooks.Find(name) is null ? Problem.NotFound("playbook")
            : programs.Playbook is null && programs.Lint is null ? RunService.NotInstalled
            : await operations.EnqueueAsync(PlaybookLinter.OperationKind, PlaybookLinter.TargetPrefix + name, null, caller.Username, cancellationToken);
    }

    /// <summary>Needs playbooks:execute. Has all playbooks checked.</summary>
    /// <returns>How many.</returns>
    public async Task<Result<int>> LintAllAsync(CancellationToken cancellationToken)
    {
        await access.RequireAsync(Scopes.PlaybooksExecute);
        var names = playbooks.List();
        foreach (var playbook in names)
        {
            if (await LintAsync(playbook.Name, cancellationToken) is { Problem: { Code: not "OPERATION_OPEN" } problem })
            {
                return problem;
            }
        }

        return names.Count;
    }

    private async Task ForgetLintAsync(string name)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        await db.Set<PlaybookLintResult>().Where(l => l.Filename == name).ExecuteDeleteAsync(CancellationToken.None);
        lints.Remove(name);
    }

    private async Task LintInTheBackgroundAsync(string name, string username)
    {
        if (programs.Playbook is null && programs.Lint is null)
        {
            return;
        }

        var asked = await AskAsync();
        if (asked.Problem?.OperationId is { } open)
        {
            await ForgetLintAsync(name);
            _ = AskAgainAsync(open);
        }

        // The check that is under way sees the new text, unless it has just looked for the last time or is ended.
        async Task AskAgainAsync(string before)
        {
            try
            {
                await operations.WhenEndedAsync(before);
                await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
                if (!await db.Set<PlaybookLintResult>().AnyAsync(l => l.Filename == name, CancellationToken.None))
                {
                    await AskAsync();
                }
            }
            catch (Exception fault)
            {
                log.Write(LogEntryLevel.Error, AutomationSetup.Source, $"{name} could not be checked again: {fault.Message}");
            }
        }

        Task<Result<OperationRecord>> AskAsync() =>
            operations.EnqueueAsync(PlaybookLinter.OperationKind, PlaybookLinter.TargetPrefix + name, null, username, CancellationToken.None);
    }
}

/// <summary>One save at a time, so that none is lost to another, and no check of a text that is gone is kept. Singleton.</summary>
public sealed class PlaybookSaving : IDisposable
{
    internal SemaphoreSlim Turn { get; } = new(1, 1);

    public void Dispose() => Turn.Dispose();
}
