using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>What a shell says about itself. Marks that are none of its, or not of this session, are not told apart from noise.</summary>
internal abstract record ShellMark
{
    /// <param name="text">As <see cref="ShellMarks"/> found it.</param>
    /// <returns>Null for a mark that means nothing, or that does not carry <paramref name="nonce"/>.</returns>
    public static ShellMark? Parse(string text, string nonce) => text.Split(';') switch
    {
        ["HomelabAsk"] => new Asks(),
        ["HomelabNone"] => new Nothing(),
        ["E", var command, var given, var number] when given == nonce && TryNumber(number, out var n) => new Started(Unescape(command), n),
        ["D", var code, var given, var number, var took] when given == nonce && TryNumber(number, out var n) && TryNumber(code, out var c) => new Ended(c, n, TookOf(took)),
        ["P", var property, var given] when given == nonce && property.StartsWith("Cwd=", StringComparison.Ordinal) => new Directory(Unescape(property[4..])),
        ["HomelabBlocked", var command, var given, var rule] when given == nonce && TryNumber(rule, out var r) => new Blocked(Unescape(command), r),
        _ => null,
    };

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <param name="microseconds">Empty from a shell without a clock; below zero where that was set back.</param>
    private static TimeSpan? TookOf(string microseconds) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var took) && took < TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(took) : null;

    /// <summary>Undoes <c>\\</c> and <c>\xHH</c>.</summary>
    private static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
            }
            else if (text[i + 1] == 'x' && i + 3 < text.Length
                && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                result.Append((char)value);
                i += 3;
            }
            else
            {
                result.Append(text[++i]);
            }
        }

        return result.ToString();
    }

    /// <summary>It waits for the answer of the dashboard's.</summary>
    internal sealed record Asks : ShellMark;

    /// <summary>This shell tells nothing.</summary>
    internal sealed record Nothing : ShellMark;

    /// <summary>A command is about to run. A line that holds several says so again for each, by the same number.</summary>
    internal sealed record Started(string Command, int Number) : ShellMark;

    /// <summary>A command, or a part of it, has ended.</summary>
    /// <param name="Took">By the shell's own clock; null where it has none.</param>
    internal sealed record Ended(int ExitCode, int Number, TimeSpan? Took) : ShellMark;

    /// <summary>The shell is in another directory.</summary>
    internal sealed record Directory(string Path) : ShellMark;

    /// <summary>A command was not run, by the rule in this place of the answer.</summary>
    internal sealed record Blocked(string Command, int Rule) : ShellMark;
}
