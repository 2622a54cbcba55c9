using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Hosts.Power;

/// <summary>
/// The operations <c>reboot</c> and <c>shut_down</c>. A reboot is done when the host is connected again and in another boot than
/// before; a shutdown, when the host has ended the connection and did not answer for a while.
/// </summary>
public sealed class PowerOperation(
    PowerAction action, HostBoard hosts, HostConnections connections, ActivityLog log, IOptions<HostsOptions> options, TimeProvider time) : IOperationHandler
{
    public const string RebootKind = "reboot";
    public const string ShutDownKind = "shut_down";

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    public string Kind => KindOf(action);

    private string Verb => action == PowerAction.Reboot ? "restart" : "shut down";

    public static string KindOf(PowerAction action) => action == PowerAction.Reboot ? RebootKind : ShutDownKind;

    public ValueTask<string> NameAsync(OperationRecord operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(hosts.Live.Get(operation.HostId ?? "")?.Name ?? operation.Target);

    public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var hostId = operation.HostId ?? "";
        if (hosts.Live.Get(hostId) is not { } host || connections.Live.Get(hostId) is not { } connection)
        {
            return hosts.Live.Get(hostId)?.StatusReason ?? "The host is not connected.";
        }

        progress(null, $"Telling {host.Name} to {Verb}.");
        var begun = time.GetTimestamp();
        PowerAnswer answer;
        try
        {
            answer = await AskAsync(connection, action, cancellationToken);
        }
        catch (IOException failure)
        {
            return failure.Message;
        }

        if (answer.Failure is { } word)
        {
            return PowerWords.Refused(word, answer.Detail, host, action);
        }

        log.Write(LogEntryLevel.Info, HostsSetup.Source, $"{operation.RequestedBy} told {host.Name} to {Verb}.", hostId);
        return action == PowerAction.Reboot
            ? await SeeItBackAsync(host, connection, answer.Boot!, begun, progress, cancellationToken)
            : await SeeItGoneAsync(host, connection, answer.Boot!, begun, progress, cancellationToken);
    }

    private async Task<string?> SeeItBackAsync(
        HostSummary host, HostConnection connection, string boot, long begun, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromSeconds(options.Value.LongestRebootSeconds);
        var longestGoing = TimeSpan.FromSeconds(options.Value.LongestShutDownSeconds);
        progress(null, $"Waiting for {host.Name} to go down.");
        if (!await ClosesAsync(connection, longestGoing, cancellationToken))
        {
            return PowerWords.StillUp(host, longestGoing, action);
        }

        progress(null, $"Waiting for {host.Name} to come back.");
        while (true)
        {
            if (await NextAsync(host.Id, connection, longest - time.GetElapsedTime(begun), cancellationToken) is not { } next)
            {
                return PowerWords.NotBack(hosts.Live.Get(host.Id) ?? host, longest);
            }

            // On its way down a host may lose connections and still take new ones.
            connection = next;
            if (await BootAsync(connection, cancellationToken) is { } now && now != boot)
            {
                var back = $"{host.Name} is back after {PowerWords.Time(time.GetElapsedTime(begun))}.";
                progress(1, back);
                log.Write(LogEntryLevel.Info, HostsSetup.Source, back, host.Id);
                return null;
            }

            if (!await ClosesAsync(connection, longest - time.GetElapsedTime(begun), cancellationToken))
            {
                return PowerWords.StillUp(host, longest, action);
            }
        }
    }

    private async Task<string?> SeeItGoneAsync(
        HostSummary host, HostConnection connection, string boot, long begun, Action<double?, string> progress, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromSeconds(options.Value.LongestShutDownSeconds);
        var quiet = TimeSpan.FromSeconds(options.Value.ShutDownQuietSeconds);
        progress(null, $"Waiting for {host.Name} to go down.");
        while (await ClosesAsync(connection, longest - time.GetElapsedTime(begun), cancellationToken))
        {
            progress(null, $"{host.Name} has ended the connection; waiting whether it stays away.");
            if (await NextAsync(host.Id, connection, quiet, cancellationToken) is not { } next)
            {
                progress(1, $"{host.Name} ended the connection and has not answered for {PowerWords.Time(quiet)}.");
                log.Write(LogEntryLevel.Info, HostsSetup.Source, $"{host.Name} is off.", host.Id);
                return null;
            }

            connection = next;
            if (await BootAsync(connection, cancellationToken) is { } now && now != boot)
            {
                return $"{host.Name} went down, and started again by itself. Something there or around it, such as a hypervisor, switches it on.";
            }
        }

        return PowerWords.StillUp(host, longest, action);
    }

    private async Task<PowerAnswer> AskAsync(HostConnection connection, PowerAction? what, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await PowerScript.RunAsync(connection, what, either.Token);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The host did not answer within {PowerWords.Time(LongestAnswer)}, so it is not known whether it took the order.", late);
        }
    }

    private async Task<string?> BootAsync(HostConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(connection, what: null, cancellationToken)).Boot;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <returns>Whether it did in time.</returns>
    private async Task<bool> ClosesAsync(HostConnection connection, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Closed.WaitAsync(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The next connection after one that is gone; null when there is none in time.</summary>
    private async Task<HostConnection?> NextAsync(string hostId, HostConnection before, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (var _ in connections.Live.WatchAsync(either.Token))
            {
                if (connections.Live.Get(hostId) is { } next && next != before)
                {
                    return next;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
        }

        return null;
    }
}
