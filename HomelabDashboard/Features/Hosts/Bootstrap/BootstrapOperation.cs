using HomelabDashboard.Data;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ssh;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Hosts.Bootstrap;

/// <summary>The operation <c>bootstrap</c>: signs in to a host with a secret that is used once, and leaves a user there that the dashboard can sign in as and become root.</summary>
public sealed class BootstrapOperation(
    BootstrapSecrets secrets,
    BootstrapBoard board,
    HostBoard hosts,
    HostMonitor monitor,
    SshOneTimeLogin login,
    DashboardKeyPair keyPair,
    IDbContextFactory<HomelabDbContext> databases,
    ActivityLog log,
    TimeProvider time) : IOperationHandler
{
    public const string KindWord = "bootstrap";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public string Kind => KindWord;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(hosts.Live.Get(operation.HostId ?? "")?.Name ?? operation.Target);

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var hostId = operation.HostId ?? "";
        if (secrets.Take(hostId) is not { } order)
        {
            return "The password or key is not there any more: it is used once and never stored. Start it again.";
        }

        if (hosts.Live.Get(hostId) is not { } host || monitor.Entries.FirstOrDefault(e => e.Alias == hostId && e.HostKey is not null) is not { } entry)
        {
            return "The host is gone, or its host key is not approved any more.";
        }

        var attempt = new Attempt(board, host, order, progress, time);
        await attempt.BeginAsync(cancellationToken);
        string? error;
        try
        {
            using var limit = new CancellationTokenSource(Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                error = await PrepareAsync(attempt, entry, either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                error = $"{host.Name} did not finish this step in time.";
            }
            catch (IOException gone)
            {
                error = gone.Message;
            }
        }
        catch (Exception fault)
        {
            await attempt.EndAsync(fault is OperationCanceledException ? "This was cancelled. Start it again; what was done already is left as it is." : "This failed through a fault of the dashboard's; its log says more.");
            throw;
        }

        await attempt.EndAsync(error);
        if (error is null)
        {
            log.Write(LogEntryLevel.Info, HostsSetup.Source, $"{operation.RequestedBy} prepared {host.Name} for {order.AutomationUser}.", hostId);
        }

        return error;
    }

    private async Task<string?> PrepareAsync(Attempt attempt, SshHostEntry entry, CancellationToken cancellationToken)
    {
        var (host, order) = (attempt.Host, attempt.Order);
        await attempt.StepAsync(BootstrapWords.SignIn);
        var (connection, failure) = await login.OpenAsync(As(order.Username), order.Secret, monitor.Entries, cancellationToken);
        if (connection is null)
        {
            return BootstrapWords.SignInFailed(failure!, host, order.Username, order.Secret);
        }

        await using (connection)
        {
            await attempt.DoneAsync(null);
            var key = await keyPair.ReadAsync(cancellationToken);
            var password = (order.Secret as SshSecret.Password)?.Text;
            if (await new BootstrapScript(connection).RunAsync(order.AutomationUser, key, password, attempt.StepAsync, attempt.DoneAsync, cancellationToken) is { } failed)
            {
                return BootstrapWords.Failed(failed.Word, failed.Detail, host, order.Username, order.AutomationUser);
            }
        }

        await attempt.StepAsync(BootstrapWords.Check);
        (connection, failure) = await login.OpenAsync(As(order.AutomationUser), secret: null, monitor.Entries, cancellationToken);
        if (connection is null)
        {
            return BootstrapWords.CheckFailed(failure!, host, order.AutomationUser);
        }

        await using (connection)
        {
            await using var channel = await connection.RunAsync("exec sh -c 'test \"$(id -u)\" = 0 || sudo -n true || doas -n true'", cancellationToken);
            var rest = new byte[1024];
            while (await channel.ReadAsync(rest, cancellationToken) > 0)
            {
            }

            if (channel.ExitStatus != 0)
            {
                return $"{order.AutomationUser} can sign in to {host.Name} now, but cannot become root without a password there.";
            }
        }

        await attempt.DoneAsync(null);
        await UseAsync(host, order.AutomationUser);
        return null;

        SshHostEntry As(string user) => new(entry.Alias, entry.HostName, entry.Port, user, entry.HostKey, entry.JumpAlias);
    }

    /// <summary>From now on the dashboard signs in as this user.</summary>
    private async Task UseAsync(HostSummary host, string user)
    {
        if (host.SshUser != user)
        {
            await using var db = await databases.CreateDbContextAsync();
            await db.Set<Host>().Where(h => h.Id == host.Id).ExecuteUpdateAsync(h => h
                .SetProperty(x => x.SshUser, user).SetProperty(x => x.UpdatedAt, time.GetUtcNow().UtcDateTime));
        }

        await monitor.ChangedAsync(CancellationToken.None);
    }

    /// <summary>One attempt and its steps, as they are shown and written.</summary>
    private sealed class Attempt(BootstrapBoard board, HostSummary host, BootstrapOrder order, Action<double?, string> progress, TimeProvider time)
    {
        private readonly List<BootstrapStep> _steps = [];
        private readonly DateTime _begun = time.GetUtcNow().UtcDateTime;
        private int _id;

        public HostSummary Host => host;

        public BootstrapOrder Order => order;

        public async Task BeginAsync(CancellationToken cancellationToken) => _id = await board.BeginAsync(Record(BootstrapState.Running, null), cancellationToken);

        public Task StepAsync(string step)
        {
            progress((double)_steps.Count / BootstrapWords.Steps.Count, BootstrapWords.Of(step, order.AutomationUser));
            _steps.Add(new BootstrapStep(step, BootstrapState.Running, null, time.GetUtcNow().UtcDateTime));
            return board.SetAsync(_id, Record(BootstrapState.Running, null));
        }

        public Task DoneAsync(string? found)
        {
            End(BootstrapState.Succeeded, BootstrapWords.Done(_steps[^1].Step, found ?? ""));
            return board.SetAsync(_id, Record(BootstrapState.Running, null));
        }

        public Task EndAsync(string? error)
        {
            if (error is not null && _steps.Count > 0)
            {
                End(BootstrapState.Failed, error);
            }

            return board.SetAsync(_id, Record(error is null ? BootstrapState.Succeeded : BootstrapState.Failed, error));
        }

        private void End(BootstrapState state, string? message) => _steps[^1] = _steps[^1] with { Status = state, Message = message, At = time.GetUtcNow().UtcDateTime };

        private BootstrapRecord Record(BootstrapState state, string? error) => new(host.Id, state, order.AutomationUser, _begun, error, [.. _steps]);
    }
}
