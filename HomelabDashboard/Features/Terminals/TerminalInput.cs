using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Ttyd;

namespace HomelabDashboard.Features.Terminals;

/// <summary>The way into the shell. Until the shell has had its answer, what is typed waits, or the shell would take it for that.</summary>
/// <param name="commands">Null for a program that asks for nothing.</param>
internal sealed class TerminalInput(TtydConnection ttyd, SessionCommands? commands, TimeProvider time, CancellationToken stop)
{
    /// <exception cref="TtydException">It takes nothing any more.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> input)
    {
        if (commands?.Hold(input.Span) == true)
        {
            _ = TypeHeldLaterAsync(commands);
            return;
        }

        await ttyd.WriteAsync(input);
    }

    /// <summary>Gives the shell what it has asked for, before anything else that is typed.</summary>
    /// <param name="answer">Null: it has asked for nothing now.</param>
    public async ValueTask AnswerAsync(byte[]? answer)
    {
        if (commands is null)
        {
            return;
        }

        try
        {
            if (answer is not null)
            {
                await ttyd.WriteAsync(answer);
                commands.Answered();
            }

            await TypeHeldAsync(commands);
        }
        catch (TtydException)
        {
            // It is ending; the reading side says so.
        }
    }

    private async ValueTask TypeHeldAsync(SessionCommands held)
    {
        while (held.Holds && held.Held() is { Length: > 0 } input)
        {
            await ttyd.WriteAsync(input);
        }
    }

    /// <summary>A shell that never asks must not keep what was typed from reaching it.</summary>
    private async Task TypeHeldLaterAsync(SessionCommands held)
    {
        try
        {
            await Task.Delay(SessionCommands.AskTime, time, stop);
            await TypeHeldAsync(held);
        }
        catch (Exception ending) when (ending is TtydException or OperationCanceledException)
        {
            // What was typed has nowhere to go.
        }
    }
}
