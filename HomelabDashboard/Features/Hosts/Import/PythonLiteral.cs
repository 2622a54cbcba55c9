using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>Python's literals, as the values of an INI inventory are written: numbers, strings, True, None, lists and dicts.</summary>
internal sealed partial class PythonLiteral
{
    private readonly string _text;
    private int _at;

    private PythonLiteral(string text) => _text = text;

    /// <summary>False when it is not one, or one that JSON has no word for.</summary>
    public static bool TryParse(string text, out JsonNode? value)
    {
        var parser = new PythonLiteral(text);
        return parser.Value(0, out value) && parser.AtEnd();
    }

    private bool AtEnd()
    {
        Space();
        return _at == _text.Length || _text[_at] == '#';
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
        {
            _at++;
        }
    }

    private bool Value(int depth, out JsonNode? value)
    {
        value = null;
        Space();
        if (_at == _text.Length || depth > ImportLimits.Depth)
        {
            return false;
        }

        switch (_text[_at])
        {
            case '[':
                return Items(']', depth, out value, out _);
            case '(':
                var open = _at;
                if (!Items(')', depth, out value, out var commas))
                {
                    return false;
                }

                // Brackets around one value without a comma are brackets alone.
                if (commas == 0 && value is JsonArray { Count: 1 } single)
                {
                    value = single[0]?.DeepClone();
                }

                return open < _at;
            case '{':
                return Dict(depth, out value);
            case '\'' or '"' or 'r' or 'R' or 'u' or 'U':
                return Strings(out value);
            default:
                return Word(out value);
        }
    }

    private bool Items(char close, int depth, out JsonNode? value, out int commas)
    {
        var items = new JsonArray();
        (value, commas) = (items, 0);
        _at++;
        while (true)
        {
            Space();
            if (Take(close))
            {
                return true;
            }

            if ((items.Count > 0 && commas < items.Count) || !Value(depth + 1, out var item))
            {
                return false;
            }

            items.Add(item);
            Space();
            if (Take(','))
            {
                commas++;
            }
        }
    }

    private bool Dict(int depth, out JsonNode? value)
    {
        var items = new JsonObject();
        value = items;
        _at++;
        for (var more = true; ;)
        {
            Space();
            if (Take('}'))
            {
                return true;
            }

            if (!more || !Value(depth + 1, out var key) || Key(key) is not { } name)
            {
                return false;
            }

            Space();
            if (!Take(':') || !Value(depth + 1, out var item))
            {
                return false;
            }

            items[name] = item;
            Space();
            more = Take(',');
        }
    }

    /// <summary>As Python's JSON writes a key; null where it has none.</summary>
    private static string? Key(JsonNode? key) => key switch
    {
        null => "null",
        JsonValue value => value.GetValueKind() is System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(),
        _ => null,
    };

    private bool Take(char sign)
    {
        if (_at < _text.Length && _text[_at] == sign)
        {
            _at++;
            return true;
        }

        return false;
    }

    /// <summary>One string, or several that stand side by side and are one.</summary>
    private bool Strings(out JsonNode? value)
    {
        value = null;
        var text = new StringBuilder();
        var any = false;
        while (_at < _text.Length && _text[_at] is '\'' or '"' or 'r' or 'R' or 'u' or 'U')
        {
            var raw = _text[_at] is 'r' or 'R';
            if (_text[_at] is not ('\'' or '"'))
            {
                _at++;
            }

            if (_at == _text.Length || _text[_at] is not ('\'' or '"') || !OneString(raw, text))
            {
                return false;
            }

            any = true;
            Space();
        }

        value = JsonValue.Create(text.ToString());
        return any;
    }

    private bool OneString(bool raw, StringBuilder text)
    {
        var quote = _text[_at];
        var three = new string(quote, 3);
        var end = _text.AsSpan(_at).StartsWith(three) ? three : quote.ToString();
        _at += end.Length;
        while (_at < _text.Length)
        {
            if (_text.AsSpan(_at).StartsWith(end))
            {
                _at += end.Length;
                return true;
            }

            if (_text[_at] != '\\')
            {
                text.Append(_text[_at++]);
            }
            else if (_at + 1 == _text.Length)
            {
                return false;
            }
            else if (raw)
            {
                text.Append(_text, _at, 2);
                _at += 2;
            }
            else if (!Escape(text))
            {
                return false;
            }
        }

        return false;
    }

    private bool Escape(StringBuilder text)
    {
        var sign = _text[_at + 1];
        _at += 2;
        switch (sign)
        {
            case '\\' or '\'' or '"':
                text.Append(sign);
                return true;
            case 'n' or 't' or 'r' or 'a' or 'b' or 'f' or 'v':
                text.Append("\n\t\r\a\b\f\v"["ntrabfv".IndexOf(sign, StringComparison.Ordinal)]);
                return true;
            case 'x' or 'u' or 'U':
                var digits = sign switch { 'x' => 2, 'u' => 4, _ => 8 };
                if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
                {
                    return false;
                }

                _at += digits;
                text.Append(new Rune(code));
                return true;
            case >= '0' and <= '7':
                var value = sign - '0';
                for (var i = 0; i < 2 && _at < _text.Length && _text[_at] is >= '0' and <= '7'; i++)
                {
                    value = (value * 8) + (_text[_at++] - '0');
                }

                text.Append((char)value);
                return true;
            case 'N':
                return false;
            default:
                text.Append('\\').Append(sign);
                return true;
        }
    }

    private bool Word(out JsonNode? value)
    {
        var match = WordShape().Match(_text, _at);
        var word = match.Value;
        _at += match.Length;
        value = word switch { "True" => JsonValue.Create(true), "False" => JsonValue.Create(false), _ => null };
        if (value is not null || word == "None")
        {
            return true;
        }

        // A sign may stand apart from its number.
        var sign = word.StartsWith('-') ? "-" : "";
        var digits = word.TrimStart('+', '-').TrimStart(' ', '\t');
        if (word.Length == 0 || !Number().IsMatch(digits))
        {
            return false;
        }

        digits = digits.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'o' or 'b')
        {
            return Based(sign, digits, out value);
        }

        if (digits.IndexOfAny(['.', 'e']) >= 0)
        {
            var number = double.Parse(sign + digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            value = JsonValue.Create(number);
            return double.IsFinite(number);
        }

        value = JsonNode.Parse(digits.TrimStart('0') is { Length: > 0 } significant ? sign + significant : "0");
        return true;
    }

    private static bool Based(string sign, string digits, out JsonNode? value)
    {
        var radix = digits[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
        value = null;
        if (digits.Length > 14)
        {
            return false;
        }

        var number = digits[2..].Aggregate(0L, (sum, digit) => (sum * radix) + Convert.ToInt32(digit.ToString(), 16));
        value = JsonValue.Create(sign == "-" ? -number : number);
        return true;
    }

    [GeneratedRegex(@"\G([+-][ \t]*)?[A-Za-z0-9_.]+([+-][0-9_]+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WordShape();

    [GeneratedRegex(@"\A((0(_?0)*|[1-9](_?[0-9])*)|0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+|([0-9](_?[0-9])*)?\.([0-9](_?[0-9])*)([eE][+-]?[0-9](_?[0-9])*)?|[0-9](_?[0-9])*\.?([eE][+-]?[0-9](_?[0-9])*)|[0-9](_?[0-9])*\.)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
