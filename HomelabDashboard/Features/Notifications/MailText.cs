using System.Globalization;
using System.Text;

namespace HomelabDashboard.Features.Notifications;

/// <summary>A message as a mail (RFC 5322), as it is sent after DATA: every line ends with CRLF, and a dot at its beginning is doubled.</summary>
internal static class MailText
{
    private const int LongestPlainLine = 900;

    /// <summary>Of a line in Base64, and about of an encoded word, in bytes before they are encoded.</summary>
    private const int LineBytes = 57;
    private const int WordBytes = 42;

    public static string Write(string from, IReadOnlyList<string> to, NotificationMessage message, DateTimeOffset now)
    {
        var lines = message.Text.ReplaceLineEndings("\n").Split('\n');
        var isPlain = lines.All(line => line.Length <= LongestPlainLine && line.All(c => c is >= ' ' and < '\u007f' or '\t'));
        var mail = new StringBuilder();
        Add($"From: <{from}>");
        Add("To: " + string.Join(",\r\n ", to.Select(t => $"<{t}>")));
        Add("Subject: " + Subject(message.Title));
        Add("Date: " + now.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture));
        Add($"Message-ID: <{message.Id}@{from[(from.LastIndexOf('@') + 1)..]}>");
        Add("Auto-Submitted: auto-generated");
        Add("MIME-Version: 1.0");
        Add("Content-Type: text/plain; charset=utf-8");
        Add("Content-Transfer-Encoding: " + (isPlain ? "7bit" : "base64"));
        Add("");
        foreach (var line in isPlain ? lines : Base64(string.Join("\r\n", lines)))
        {
            Add(line.StartsWith('.') ? "." + line : line);
        }

        return mail.ToString();

        void Add(string line) => mail.Append(line).Append("\r\n");
    }

    /// <summary>As it is where it is plain; otherwise in encoded words (RFC 2047), none of which parts a character.</summary>
    internal static string Subject(string title)
    {
        title = string.Concat(title.Select(c => char.IsControl(c) ? ' ' : c));
        if (title.All(char.IsAscii) && !title.Contains("=?", StringComparison.Ordinal))
        {
            return title;
        }

        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in title.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > WordBytes)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune.ToString());
        }

        words.Add(word.ToString());
        return string.Join("\r\n ", words.Select(w => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(w))}?="));
    }

    private static IEnumerable<string> Base64(string text) => Encoding.UTF8.GetBytes(text).Chunk(LineBytes).Select(Convert.ToBase64String);
}

/// <summary>An address as it is written to a mail server.</summary>
internal static class MailAddressText
{
    /// <summary>The domain by its ASCII name.</summary>
    /// <exception cref="NotificationException">It cannot be written.</exception>
    public static string Of(string address)
    {
        var at = address.LastIndexOf('@');
        try
        {
            var text = address[..at] + "@" + new IdnMapping().GetAscii(address[(at + 1)..]);
            if (text.All(c => c is > ' ' and < '\u007f' and not ('<' or '>')))
            {
                return text;
            }
        }
        catch (ArgumentException)
        {
        }

        throw new NotificationException("An address of the channel has characters that mail servers do not take. Write it otherwise.", NotificationFault.Permanent);
    }
}
