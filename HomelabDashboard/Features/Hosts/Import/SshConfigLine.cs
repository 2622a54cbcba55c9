using System.Text;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A line of an OpenSSH client config, taken apart as ssh does.</summary>
internal static class SshConfigLine
{
    /// <summary>The keyword, then what follows it and one <c>=</c> or white space; null for an open quote.</summary>
    public static (string Keyword, string Remainder)? SplitKeyword(string line)
    {
        var end = line.IndexOfAny([' ', '\t', '"', '=']);
        if (end < 0)
        {
            return (line, "");
        }

        if (line[end] == '"')
        {
            var close = line.IndexOf('"', end + 1);
            return close < 0 ? null : (line[..end] + line[(end + 1)..close], line[(close + 1)..].TrimStart(' ', '\t'));
        }

        var rest = line[(end + 1)..].TrimStart(' ', '\t');
        if (line[end] != '=' && rest.StartsWith('='))
        {
            rest = rest[1..].TrimStart(' ', '\t');
        }

        return (line[..end], rest);
    }

    /// <summary>Words with their quotes and escapes resolved, up to a comment; null for an open quote.</summary>
    public static List<string>? SplitWords(string text)
    {
        var words = new List<string>();
        var i = 0;
        while (true)
        {
            while (i < text.Length && text[i] is ' ' or '\t')
            {
                i++;
            }

            if (i == text.Length || text[i] == '#')
            {
                return words;
            }

            var word = new StringBuilder();
            var quote = '\0';
            for (; i < text.Length; i++)
            {
                var sign = text[i];
                if (sign == '\\' && i + 1 < text.Length && (text[i + 1] is '\'' or '"' or '\\' || (quote == '\0' && text[i + 1] == ' ')))
                {
                    word.Append(text[++i]);
                }
                else if (quote == '\0' && sign is ' ' or '\t')
                {
                    break;
                }
                else if (quote == '\0' && sign is '"' or '\'')
                {
                    quote = sign;
                }
                else if (quote != '\0' && sign == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(sign);
                }
            }

            if (quote != '\0')
            {
                return null;
            }

            words.Add(word.ToString());
        }
    }
}
