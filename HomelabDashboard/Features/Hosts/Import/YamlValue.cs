using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>YAML 1.1's values as JSON, as Ansible understands them: <c>yes</c> is true, <c>010</c> is eight.</summary>
internal static partial class YamlValue
{
    private const string Standard = "tag:yaml.org,2002:";

    /// <summary>False when something in it is encrypted (<c>!vault</c>).</summary>
    /// <exception cref="ImportException">It has another tag of somebody's own.</exception>
    public static bool TryJson(YamlItem item, out JsonNode? json)
    {
        json = null;
        switch (item)
        {
            case YamlScalar { Tag: "!vault" or "!vault-encrypted" }:
                return false;
            case YamlScalar scalar:
                json = Scalar(scalar);
                return true;
            case YamlList list:
                RefuseTag(list, "seq");
                var items = new JsonArray();
                foreach (var part in list.Items)
                {
                    if (!TryJson(part, out var value))
                    {
                        return false;
                    }

                    items.Add(value);
                }

                json = items;
                return true;
            case YamlMap map:
                RefuseTag(map, "map");
                var entries = new JsonObject();
                foreach (var (key, part) in map.Entries)
                {
                    if (!TryJson(part, out var value))
                    {
                        return false;
                    }

                    entries[Key(key)] = value;
                }

                json = entries;
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(item));
        }
    }

    /// <summary>A key as text, whatever it is.</summary>
    public static string Key(YamlItem key) => key is not YamlScalar scalar
        ? throw new ImportException(key.Line, "A key is a word, not a list or mapping.")
        : Scalar(scalar) switch
        {
            null => "null",
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            var other => other.ToJsonString(),
        };

    /// <summary>The text of a scalar that is text and not a number or truth; null otherwise.</summary>
    public static string? Text(YamlItem item) =>
        item is YamlScalar { Tag: null or "!unsafe" or Standard + "str" or "!" } scalar && Scalar(scalar) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool IsNull(YamlItem item) => item is YamlScalar { Tag: null or Standard + "null" } scalar && Scalar(scalar) is null;

    private static void RefuseTag(YamlItem item, string own)
    {
        if (item.Tag is not null && item.Tag != Standard + own && item.Tag is not ("!" or "!unsafe"))
        {
            throw new ImportException(item.Line, "Tags other than !vault and !unsafe are not read.");
        }
    }

    private static JsonNode? Scalar(YamlScalar scalar)
    {
        switch (scalar.Tag)
        {
            case null when scalar.Plain:
            case Standard + "int" or Standard + "float" or Standard + "bool" or Standard + "null":
                return Plain(scalar.Value);
            case null or "!" or "!unsafe" or Standard + "str":
                return JsonValue.Create(scalar.Value);
            default:
                RefuseTag(scalar, "str");
                return null;
        }
    }

    private static JsonNode? Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
        }

        if (text.Length > 40)
        {
            return JsonValue.Create(text);
        }

        if (Integer().IsMatch(text))
        {
            return JsonNode.Parse(Number(text).ToString(CultureInfo.InvariantCulture));
        }

        return Float().IsMatch(text) && double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    private static BigInteger Number(string text)
    {
        var digits = text.TrimStart('+', '-').Replace("_", "", StringComparison.Ordinal);
        var value = digits switch
        {
            ['0', 'b', ..] => Based(digits[2..], 2),
            ['0', 'x', ..] => Based(digits[2..], 16),
            ['0', ..] => Based(digits, 8),
            _ => digits.Split(':').Aggregate(BigInteger.Zero, (sum, part) => (sum * 60) + BigInteger.Parse(part, CultureInfo.InvariantCulture)),
        };
        return text[0] == '-' ? -value : value;
    }

    private static BigInteger Based(string digits, int radix) =>
        digits.Aggregate(BigInteger.Zero, (sum, digit) => (sum * radix) + Convert.ToInt32(digit.ToString(), 16));

    [GeneratedRegex(@"\A[-+]?(0b[01_]*[01][01_]*|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*|[1-9][0-9_]*(:[0-5]?[0-9])+)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Float();
}
