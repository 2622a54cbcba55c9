using System.Globalization;
using HomelabDashboard.Features.Terminals.Commands;

namespace HomelabDashboard.Components.Shared;

/// <summary>What is known of a command, in words, the same everywhere.</summary>
public static class CommandLook
{
    /// <summary>Such as <c>340 ms</c>, <c>3.2 s</c>, <c>5 min 2 s</c>.</summary>
    public static string Took(long? milliseconds) => milliseconds switch
    {
        null => Format.Unknown,
        < 1000 => $"{milliseconds.Value.ToString(CultureInfo.InvariantCulture)} ms",
        < 60_000 => $"{Format.Number(milliseconds.Value / 1000.0, 1)} s",
        _ => Format.Duration(TimeSpan.FromMilliseconds(milliseconds.Value)),
    };

    /// <summary>Its exit code; a dash where there is none.</summary>
    public static string Exit(CommandEntry command) => command.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? Format.Unknown;

    /// <summary>What an exit code means, or why there is none.</summary>
    public static string ExitWords(CommandEntry command) => command switch
    {
        { IsBlocked: true } => "It was not run",
        { ExitCode: null } => "It still runs, or its end was not seen",
        { ExitCode: 0 } => "It succeeded",
        { ExitCode: var code } => $"It ended with exit code {code}",
    };

    public static bool Failed(CommandEntry command) => command.ExitCode is not (null or 0);
}
