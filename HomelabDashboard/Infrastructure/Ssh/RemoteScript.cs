using System.Globalization;
using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Fixed scripts for hosts, as parts of a command that every login shell hands on unread.</summary>
public static class RemoteScript
{
    /// <summary>Runs a script with its standard input free for what it shall read.</summary>
    /// <param name="before">A constant such as <c>sudo -n </c>, or nothing.</param>
    /// <param name="script">Of the program's own.</param>
    /// <param name="argument">A constant that the script gets as <c>$1</c>.</param>
    public static string Command(string before, string script, string argument) =>
        $"""exec {before}/bin/sh -c 'eval "$(printf %b "$0")"' '{Encode(script)}' {argument}""";

    /// <summary>
    /// For <c>printf %b</c>, and with nothing in it that a shell of any kind gives a meaning to between single quotes, nor a terminal.
    /// </summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length * 2);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || " ./_-:;,=(){}[]+*?<>|&#~^@".Contains((char)value, StringComparison.Ordinal))
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $@"\0{Convert.ToString(value, 8).PadLeft(3, '0')}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>A script of the program's without its comments and indentation, which a host has no use for.</summary>
    public static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(RemoteScript).Assembly.GetManifestResourceStream(name)!);
        var lines = reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
        return string.Join('\n', lines) + "\n";
    }
}
