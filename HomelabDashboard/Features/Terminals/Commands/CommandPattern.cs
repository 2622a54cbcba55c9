using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>
/// A pattern of a block rule: the part of POSIX extended regular expressions that bash, zsh and .NET read alike, for it is the
/// host's own shell that checks a command, and this class that says beforehand what it will find. In printable ASCII: literals,
/// <c>.</c>, <c>[…]</c> with ranges and classes such as <c>[:space:]</c>, <c>* + ? {n,m}</c>, <c>|</c>, <c>( )</c>, <c>^ $</c>,
/// and a backslash before a sign. A pattern may match anywhere in the command.
/// </summary>
public sealed class CommandPattern
{
    public const int MaxLength = 190;

    /// <summary>The most that one <c>{n,m}</c>, and all that stand inside each other, may repeat.</summary>
    private const int MaxRepeat = 255;

    private const int MaxDepth = 20;
    private const string Escapable = @".[]()*+?{}|^$\/-";

    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["alpha"] = "a-zA-Z",
        ["digit"] = "0-9",
        ["alnum"] = "a-zA-Z0-9",
        ["upper"] = "A-Z",
        ["lower"] = "a-z",
        ["space"] = @" \t\n\r\f\v",
        ["blank"] = @" \t",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["print"] = " -~",
        ["graph"] = "!-~",
        ["cntrl"] = @"\x00-\x1f\x7f",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly Regex _regex;

    private CommandPattern(string text, Regex regex) => (Text, _regex) = (text, regex);

    public string Text { get; }

    /// <summary>Whether a shell would find it in this command.</summary>
    public bool Matches(string command) => _regex.IsMatch(command);

    /// <param name="error">What is wrong, in words for the one who wrote it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CommandPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        if (text.Length is 0 or > MaxLength)
        {
            error = text.Length == 0 ? "Give the pattern." : $"A pattern has at most {MaxLength} characters.";
            return false;
        }

        if (text.Any(c => c is < ' ' or > '~'))
        {
            error = "A pattern is made of plain ASCII characters. Write . for any other one.";
            return false;
        }

        var reader = new Reader(text);
        try
        {
            reader.Alternatives(0, 1, first: true);
            reader.End();
        }
        catch (FormatException wrong)
        {
            error = wrong.Message;
            return false;
        }

        try
        {
            pattern = new(text, new Regex(reader.Translated, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant));
            error = null;
            return true;
        }
        catch (Exception tooLarge) when (tooLarge is NotSupportedException or ArgumentException)
        {
            error = "This pattern repeats too much. Use smaller counts.";
            return false;
        }
    }

    /// <summary>Reads by descent, and writes the same for .NET as it goes.</summary>
    private sealed class Reader(string text)
    {
        private readonly StringBuilder _translated = new();
        private int _at;
        private int _anchors;

        public string Translated => _translated.ToString();

        private char? Next => _at < text.Length ? text[_at] : null;

        /// <param name="first">Whether nothing of the pattern stands before it.</param>
        /// <returns>Whether a $ ends one of them, so that nothing may stand behind.</returns>
        public bool Alternatives(int depth, int repeat, bool first)
        {
            if (depth > MaxDepth)
            {
                throw Wrong("has too many parentheses inside each other.");
            }

            var ends = Branch(depth, repeat, first);
            while (Next == '|')
            {
                _translated.Append('|');
                _at++;
                ends |= Branch(depth, repeat, first);
            }

            return ends;
        }

        public void End()
        {
            if (Next == ')')
            {
                throw Wrong(@"has a ) without its (. Write \) for the sign itself.");
            }
        }

        private bool Branch(int depth, int repeat, bool first)
        {
            var pieces = 0;
            var ends = false;
            for (; Next is { } c and not ('|' or ')'); pieces++)
            {
                if (ends || (c == '^' && (pieces > 0 || !first)))
                {
                    throw Wrong(@"has a ^ that is not at its begin, or a $ that is not at its end. Write \^ or \$ for the signs themselves.");
                }

                if (c is '^' or '$')
                {
                    _at++;
                    _anchors++;
                    ends = c == '$';
                    _translated.Append(c == '^' ? @"\A" : @"\z");
                    if (Next is '*' or '+' or '?' or '{')
                    {
                        throw Wrong($"repeats {c}, which stands for a place and not for a character.");
                    }

                    continue;
                }

                var start = _translated.Length;
                var begin = _at;
                var anchors = _anchors;
                ends = Atom(c, depth, repeat, first && pieces == 0);
                if (_anchors > anchors && Next is '*' or '+' or '?' or '{')
                {
                    throw Wrong("repeats ^ or $, which stand for a place and not for a character.");
                }

                Quantifier(start, begin, depth, repeat, first && pieces == 0);
            }

            if (pieces == 0)
            {
                throw Wrong(@"has nothing before or after a |, or nothing in ( ). Write \| or \( for the signs themselves.");
            }

            return ends;
        }

        private bool Atom(char c, int depth, int repeat, bool first)
        {
            var ends = false;
            _at++;
            switch (c)
            {
                case '(':
                    if (Next == '?')
                    {
                        throw Wrong("uses (?, which the shells do not know.");
                    }

                    _translated.Append("(?:");
                    ends = Alternatives(depth + 1, repeat, first);
                    if (Next != ')')
                    {
                        throw Wrong(@"has a ( without its ). Write \( for the sign itself.");
                    }

                    _at++;
                    _translated.Append(')');
                    break;
                case '[':
                    Bracket();
                    break;
                case '*' or '+' or '?' or '{':
                    throw Wrong($@"has a {c} with nothing before it to repeat. Write \{c} for the sign itself.");
                case '.':
                    _translated.Append('.');
                    break;
                case '\\':
                    if (Next is not { } escaped)
                    {
                        throw Wrong(@"ends with a single \. Write \\ for the sign itself.");
                    }

                    if (!Escapable.Contains(escaped, StringComparison.Ordinal))
                    {
                        throw Wrong(char.IsAsciiLetterOrDigit(escaped)
                            ? $@"uses \{escaped}, which not every shell knows. Write a class such as [[:digit:]], [[:space:]] or [[:alnum:]_] instead."
                            : $@"uses \{escaped}. That sign needs no backslash.");
                    }

                    _at++;
                    Literal(escaped);
                    break;
                default:
                    Literal(c);
                    break;
            }

            return ends;
        }

        private void Quantifier(int start, int begin, int depth, int repeat, bool first)
        {
            if (Next is not ('*' or '+' or '?' or '{'))
            {
                return;
            }

            var quantifier = Next.Value;
            _at++;
            if (quantifier == '{')
            {
                var (from, to) = Counts();
                var most = to ?? Math.Max(from, 1);
                if (most * repeat > MaxRepeat)
                {
                    throw Wrong($"repeats more than {MaxRepeat} times.");
                }

                if (most > 1)
                {
                    // What is inside is looked at again with what its own counts come to.
                    var after = _at;
                    _at = begin;
                    _translated.Length = start;
                    Atom(text[begin], depth, repeat * most, first);
                    _at = after;
                }

                _translated.Append('{').Append(from.ToString(CultureInfo.InvariantCulture)).Append(to == from ? "" : "," + to?.ToString(CultureInfo.InvariantCulture)).Append('}');
            }
            else
            {
                _translated.Append(quantifier);
            }

            if (Next is '*' or '+' or '?' or '{')
            {
                throw Wrong($"has a {Next} straight after another sign of repetition. Put ( ) around what is to be repeated.");
            }
        }

        private (int From, int? To) Counts()
        {
            var close = text.IndexOf('}', _at);
            var parts = close < 0 ? [] : text[_at..close].Split(',');
            if (parts.Length is 1 or 2 && Count(parts[0]) is { } from && (parts.Length == 1 || parts[1].Length == 0 || Count(parts[1]) is not null))
            {
                _at = close + 1;
                int? to = parts.Length == 1 ? from : Count(parts[1]);
                return to is null || to >= from ? (from, to) : throw Wrong("has a {n,m} whose second number is the smaller one.");
            }

            throw Wrong(@"has a { that does not begin a count such as {2} or {1,3}. Write \{ for the sign itself.");
        }

        private static int? Count(string digits) =>
            digits.Length is > 0 and <= 3 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxRepeat ? count : null;

        private void Bracket()
        {
            _translated.Append('[');
            if (Next == '^')
            {
                _translated.Append('^');
                _at++;
            }

            for (var first = true; first || Next != ']'; first = false)
            {
                if (Next is not { } c)
                {
                    throw Wrong(@"has a [ without its ]. Write \[ for the sign itself.");
                }

                if (c == '[' && _at + 1 < text.Length && text[_at + 1] is ':' or '.' or '=')
                {
                    var close = text.IndexOf(":]", _at + 2, StringComparison.Ordinal);
                    if (text[_at + 1] != ':' || close < 0 || !Classes.TryGetValue(text[(_at + 2)..close], out var members))
                    {
                        throw Wrong($"has a class in [ ] that is none of {string.Join(' ', Classes.Keys.Select(k => $"[:{k}:]"))}.");
                    }

                    _translated.Append(members);
                    _at = close + 2;
                    continue;
                }

                _at++;
                if (Next == '-' && _at + 1 < text.Length && text[_at + 1] != ']')
                {
                    var to = text[_at + 1];
                    if (Kind(c) is not { } kind || Kind(to) != kind || to < c)
                    {
                        throw Wrong($"has the range {c}-{to}. A range goes from a smaller to a larger letter of the same case, or digit; a - itself stands last in [ ].");
                    }

                    _translated.Append(c).Append('-').Append(to);
                    _at += 2;
                    continue;
                }

                // In [ ] a backslash is itself.
                _translated.Append(c is '\\' or '[' or ']' or '^' or '-' ? $@"\{c}" : c.ToString());
            }

            _at++;
            _translated.Append(']');
        }

        private static char? Kind(char c) => char.IsAsciiDigit(c) ? '0' : char.IsAsciiLetterLower(c) ? 'a' : char.IsAsciiLetterUpper(c) ? 'A' : null;

        private void Literal(char c) => _translated.Append(Regex.Escape(c.ToString()));

        private static FormatException Wrong(string what) => new($"The pattern {what}");
    }
}
