using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Processes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Automation;

/// <summary>The operation <c>playbook_run</c>: one ansible-playbook from its start to its end.</summary>
public sealed class PlaybookRunOperation(
    IDbContextFactory<HomelabDbContext> databases, RunBoard board, RunFiles files, RunInventory inventory, RunSecrets secrets, PlaybookFolder playbooks,
    AnsibleFolder folder, AnsiblePrograms programs, HostBoard hosts, HostConnections connections, ProcessLedger ledger, ActivityLog log, IOptions<AutomationOptions> options,
    LiveStore<string, OperationRecord> operations, IHostApplicationLifetime lifetime, TimeProvider time) : IOperationHandler
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestConnecting = TimeSpan.FromSeconds(30);

    public string Kind => RunRows.Action;

    public int? AtOnce => options.Value.RunsAtOnce;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken)
    {
        var run = operation.Target[RunService.TargetPrefix.Length..];
        var at = run.IndexOf('@', StringComparison.Ordinal);
        return ValueTask.FromResult(at < 0 ? run : $"{run[..at]} on " + run[(at + 1)..] switch
        {
            var target when target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) => hosts.Live.Get(target[RunRules.HostPrefix.Length..])?.Name ?? target,
            var target when target.StartsWith(RunRules.GroupPrefix, StringComparison.Ordinal) => $"group {target[RunRules.GroupPrefix.Length..]}",
            var target => target,
        });
    }

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var id = operation.Id;
        try
        {
            return await RunAsync(id, Wait, progress, cancellationToken);
        }
        finally
        {
            secrets.Take(id);
            board.Forget(id);
        }

        void Wait(string words)
        {
            progress(null, words);
            board.Wait(id, words);
        }
    }

    private async Task<string?> RunAsync(string id, Action<string> wait, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Set<AutomationTask>().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { Status: AutomationTaskStatus.Pending } row)
        {
            return "The run is not there any more.";
        }

        var names = await inventory.WriteAsync(cancellationToken);
        await WaitForHostsAsync(row.Target, names, wait, cancellationToken);
        row.Status = AutomationTaskStatus.Running;
        row.StartedAt = time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        progress(null, "Starting.");
        return await RunAsync(row, names, progress, cancellationToken);
    }

    /// <summary>Gives hosts the time to be connected, as they are not yet when the dashboard has just started.</summary>
    private async Task WaitForHostsAsync(string target, IReadOnlyDictionary<string, string> names, Action<string> wait, CancellationToken cancellationToken)
    {
        var only = target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) ? target[RunRules.HostPrefix.Length..] : null;
        var concerned = names.Values.Where(id => only is null || id == only).ToList();
        using var limit = new CancellationTokenSource(LongestConnecting, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (var _ in hosts.Live.WatchAsync(either.Token))
            {
                if (!concerned.Any(IsConnecting))
                {
                    return;
                }

                wait("Waiting for hosts to be connected.");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The run tells which host could not be reached.
        }
    }

    private bool IsConnecting(string hostId) => connections.Live.Get(hostId) is null
        && (hosts.Live.Get(hostId) is not { } host || host.Reachable || host.StatusReason == HostWords.Connecting
            || (host.ProxyJump is { } jump && (IsConnecting(jump) || (connections.Live.Get(jump) is not null && hosts.Live.Get(jump) is { } way && host.StatusReason == HostWords.JumpDown(way)))));

    private async Task<string?> RunAsync(AutomationTask row, IReadOnlyDictionary<string, string> names, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var record = RunRows.ToRecord(row);
        var tree = new RunProgress(names);
        board.Begin(record, tree);
        using var writer = new RunWriter(files, row.Id, options.Value.OutputMegabytes * 1024L * 1024);
        var output = new RunOutput(writer, tree, name => names.TryGetValue(name, out var hostId) ? WhyAway(hostId) : null);
        var timeout = TimeSpan.FromSeconds(record.Request.Timeout ?? options.Value.TimeoutSeconds);
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        int? exitCode = null;
        var (status, error) = (AutomationTaskStatus.Failed, (string?)"This failed through a fault of the dashboard's; its log says more.");
        try
        {
            using var telling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var told = TellAsync(row.Id, writer, tree, progress, telling.Token);
            try
            {
                (exitCode, error) = await AnsibleAsync(record, names, output, either.Token);
                error ??= RunEnd.Words(exitCode!.Value, tree, output.LastError);
                status = error is null ? AutomationTaskStatus.Completed : AutomationTaskStatus.Failed;
            }
            finally
            {
                await telling.CancelAsync();
                await told;
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            (status, error) = lifetime.ApplicationStopping.IsCancellationRequested ? (AutomationTaskStatus.Failed, RunRows.Interrupted)
                : cancellationToken.IsCancellationRequested && operations.Get(row.Id) is { IsOpen: false } told ? RunRows.EndOf(told.Status, told.Error)
                : cancellationToken.IsCancellationRequested ? (AutomationTaskStatus.Cancelled, OperationRecord.Cancelled)
                : (AutomationTaskStatus.Timeout, $"The run was ended after {timeout.TotalSeconds:0} seconds, as it had not ended by itself.");
        }
        catch (IOException failed)
        {
            error = failed.Message;
        }
        finally
        {
            writer.Dispose();
            if (writer.Fault is { } fault)
            {
                error = $"{error} The output could not be kept: {fault}".Trim();
            }

            board.DeleteTemporary(row.Id);
            await EndAsync(row, status, error, exitCode, tree, names, output.Facts, writer);
        }

        // What had ended before it was asked to stays as it ended, and what went well went well though its output was not kept.
        return status == AutomationTaskStatus.Cancelled || error == RunRows.Interrupted ? throw new OperationCanceledException(cancellationToken)
            : status == AutomationTaskStatus.Completed ? null
            : error;
    }

    /// <summary>ssh tells of a missing connection in words that help nobody.</summary>
    private string? WhyAway(string hostId) => connections.Live.Get(hostId) is not null ? null
        : $"The dashboard is not connected to this host. {hosts.Live.Get(hostId)?.StatusReason}".Trim();

    /// <returns>The exit code, or why Ansible was not started.</returns>
    private async Task<(int? ExitCode, string? Error)> AnsibleAsync(
        RunRecord run, IReadOnlyDictionary<string, string> names, RunOutput output, CancellationToken cancellationToken)
    {
        var secret = secrets.Take(run.Id);
        if (secret?.ExtraVars is null && SecretVars.Missing(run.Request.ExtraVars) is { Count: > 0 } missing)
        {
            return (null, $"The values of {string.Join(", ", missing)} are not kept, because they may be secrets. Start the run again with them.");
        }

        if (run.Request.HadPassword && secret?.BecomePassword is null)
        {
            return (null, "The password for sudo is not kept over a restart of the dashboard. Start the run again with it.");
        }

        if (playbooks.Find(run.Playbook) is not { } playbook)
        {
            return (null, "The playbook is not there any more.");
        }

        if (programs.Playbook is not { } program)
        {
            return (null, RunService.NotInstalled.Message);
        }

        if (!TryTarget(run.Target, names, out var target))
        {
            return (null, "The host is disabled or gone.");
        }

        var launch = new AnsibleLaunch
        {
            Program = program,
            Folder = folder,
            Playbook = playbook,
            RunFolder = files.Folder(run.Id),
            Limit = run.Request.OnlyHosts is { } only ? "@" + await WriteHostsAsync(run, only, cancellationToken) : RunRules.Limit(target, run.Request.Limit),
            Tags = run.Request.Tags,
            Check = run.Request.Check,
            Forks = run.Request.Forks ?? options.Value.Forks,
            ExtraVarsFile = await WriteVarsAsync(run, secret?.ExtraVars ?? run.Request.ExtraVars, cancellationToken),
            BecomePassword = secret?.BecomePassword,
        };
        return (await AnsibleProcess.RunAsync(ledger, launch, output.Take, time, cancellationToken), null);
    }

    /// <summary>The target as a pattern of Ansible's; null for all.</summary>
    private static bool TryTarget(string target, IReadOnlyDictionary<string, string> names, out string? pattern)
    {
        pattern = target == RunRules.All ? null
            : target.StartsWith(RunRules.GroupPrefix, StringComparison.Ordinal) ? target[RunRules.GroupPrefix.Length..]
            : target.StartsWith(RunRules.HostPrefix, StringComparison.Ordinal) ? names.FirstOrDefault(n => n.Value == target[RunRules.HostPrefix.Length..]).Key
            : target;
        return pattern is not null || target == RunRules.All;
    }

    /// <summary>A name each line, as they may be too many for a command line. An empty file would be no limit at all.</summary>
    private async Task<string> WriteHostsAsync(RunRecord run, IReadOnlyList<string> hostNames, CancellationToken cancellationToken)
    {
        var file = files.OnlyHosts(run.Id);
        await File.WriteAllLinesAsync(file, hostNames, cancellationToken);
        return file;
    }

    private async Task<string?> WriteVarsAsync(RunRecord run, string? extraVars, CancellationToken cancellationToken)
    {
        if (extraVars is null)
        {
            return null;
        }

        var file = files.ExtraVars(run.Id);
        await using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = DataFolder.FileOwnerOnly });
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(extraVars.AsMemory(), cancellationToken);
        return file;
    }

    /// <summary>Shows how it goes, a few times a second, until it is told to stop.</summary>
    private async Task TellAsync(string id, RunWriter writer, RunProgress tree, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TellEvery, time);
        string? last = null;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                writer.Flush();
                board.Tell(id, tree, writer);
                if (tree.Now is { } now && now != last)
                {
                    progress(null, last = now);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task EndAsync(
        AutomationTask row, AutomationTaskStatus status, string? error, int? exitCode, RunProgress progress, IReadOnlyDictionary<string, string> names,
        IReadOnlyDictionary<string, string> facts, RunWriter writer)
    {
        var tree = progress.Tree(isOver: true);
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        db.Attach(row);
        row.Status = status;
        row.ErrorMessage = error;
        row.CompletedAt = time.GetUtcNow().UtcDateTime;
        row.ResultData = RunRows.Write(RunRows.ToResult(exitCode, tree, writer.Lines, progress.IsCut || writer.IsCut));
        var there = await db.Set<Host>().IgnoreQueryFilters().Select(h => h.Id).ToHashSetAsync(CancellationToken.None);
        db.AddRange(RunRows.ToHosts(row.Id, tree, there));
        foreach (var (name, found) in facts)
        {
            if (names.TryGetValue(name, out var hostId) && there.Contains(hostId))
            {
                await KeepAsync(db, hostId, found, row.Id);
            }
        }

        await db.SaveChangesAsync(CancellationToken.None);
        board.End(RunRows.ToRecord(row), progress);
        var (level, how) = status switch
        {
            AutomationTaskStatus.Completed => (LogEntryLevel.Info, "completed."),
            AutomationTaskStatus.Cancelled => (LogEntryLevel.Info, "was cancelled."),
            _ => (LogEntryLevel.Error, $"failed. {error}"),
        };
        log.Write(level, AutomationSetup.Source, $"{row.Playbook} for {row.RequestedBy} {how}", taskId: row.Id);
    }

    private async Task KeepAsync(HomelabDbContext db, string hostId, string found, string taskId)
    {
        var kept = await db.Set<HostAnsibleFacts>().SingleOrDefaultAsync(f => f.HostId == hostId, CancellationToken.None);
        if (kept is null)
        {
            db.Add(kept = new HostAnsibleFacts { HostId = hostId, Facts = found, TaskId = taskId });
        }

        (kept.Facts, kept.TaskId, kept.GatheredAt) = (found, taskId, time.GetUtcNow().UtcDateTime);
    }
}
