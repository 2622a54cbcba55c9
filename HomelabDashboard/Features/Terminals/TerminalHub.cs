using System.Runtime.CompilerServices;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Infrastructure.Ttyd;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace HomelabDashboard.Features.Terminals;

/// <summary>The way to a terminal: one connection attaches to one session.</summary>
[Authorize(Policy = Scopes.SessionsExecute)]
public sealed class TerminalHub(TerminalBroker broker, ConnectTickets tickets, Access access) : Hub
{
    public const string Path = "/hubs/terminal";

    /// <summary>The most that one <see cref="Input"/> may carry; a client cuts a longer paste.</summary>
    public const int MaxInput = 64 * 1024;

    private static readonly object AttachmentKey = new();

    /// <summary>
    /// The output of a session: first the replay, then what comes, in order. Before it, <c>Replay</c> says how many bytes of it are
    /// of the past; on the way <c>Size</c> comes before the first output that is meant for a terminal of so many columns and rows,
    /// <c>State</c> for each change of it, and <c>Closed</c> with the reason before the stream of an ended
    /// session ends. Errors: <c>TICKET_INVALID</c>, <c>ALREADY_ATTACHED</c>, and <c>DETACHED</c> when this client alone was cut off.
    /// </summary>
    /// <param name="columns">Of the client's window; 0 with <paramref name="rows"/> 0 while it is not visible.</param>
    public async Task<IAsyncEnumerable<byte[]>> Attach(string ticket, int columns, int rows, CancellationToken cancellationToken)
    {
        var caller = await RequireAsync();
        if (Current is not null)
        {
            throw new HubException("ALREADY_ATTACHED: this connection is attached to a session already.");
        }

        var terminal = tickets.Redeem(ticket, caller.UserId) is { } id ? broker.Find(id) : null;
        if (terminal?.Attach(columns, rows, Context.User!) is not { } attachment)
        {
            throw new HubException("TICKET_INVALID");
        }

        // From here on what the client types is taken, even if it has not waited for anything.
        Current = attachment;
        return StreamAsync(attachment, cancellationToken);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        Current?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Types into the session, up to <see cref="MaxInput"/> bytes.</summary>
    public async Task Input(byte[] bytes)
    {
        var caller = await RequireAsync();
        if (bytes.Length > MaxInput)
        {
            throw new HubException($"INPUT_TOO_LONG: send at most {MaxInput} bytes at once.");
        }

        if (Current is { } attachment)
        {
            try
            {
                attachment.Terminal.Typed(byProgram: caller.TokenId is not null);
                await attachment.Terminal.InputAsync(bytes);
            }
            catch (TtydException)
            {
                // The session is ending, and the stream says so.
            }
        }
    }

    /// <summary>The client's window has another size now; 0 and 0: it is not visible.</summary>
    public async Task Resize(int columns, int rows)
    {
        await RequireAsync();
        if (Current is { } attachment)
        {
            await attachment.Terminal.ResizeAsync(attachment, columns, rows);
        }
    }

    /// <summary>How many bytes of the stream the client has drawn in all.</summary>
    public void Acknowledge(long totalBytes)
    {
        if (Current is { } attachment)
        {
            attachment.Terminal.Acknowledge(attachment, totalBytes);
        }
    }

    private async IAsyncEnumerable<byte[]> StreamAsync(TerminalAttachment attachment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await Clients.Caller.SendAsync("Replay", attachment.ReplayLength, cancellationToken);
            while (await attachment.WaitAsync(cancellationToken))
            {
                if (attachment.TakeState() is { } state)
                {
                    await Clients.Caller.SendAsync("State", state, cancellationToken);
                }

                if (attachment.TakeSize() is var (columns, rows))
                {
                    await Clients.Caller.SendAsync("Size", columns, rows, cancellationToken);
                }

                if (attachment.TakeOutput() is { } output)
                {
                    yield return output;
                }
            }

            if (attachment.DetachedBecause is { } because)
            {
                throw new HubException($"DETACHED: {because}");
            }

            await Clients.Caller.SendAsync("Closed", attachment.Terminal.End!.Word, cancellationToken);
        }
        finally
        {
            Current = null;
            attachment.Dispose();
        }
    }

    private TerminalAttachment? Current
    {
        get => Context.Items.TryGetValue(AttachmentKey, out var found) ? (TerminalAttachment?)found : null;
        set => Context.Items[AttachmentKey] = value;
    }

    private async ValueTask<Caller> RequireAsync()
    {
        try
        {
            return await access.RequireAsync(Scopes.SessionsExecute);
        }
        catch (AccessDeniedException denied)
        {
            Context.Abort();
            throw new HubException("FORBIDDEN", denied);
        }
    }
}
