using System.Globalization;
using System.Text.Json;

namespace HomelabDashboard.Features.Metrics.Inventory;

/// <summary>Reads what programs report as JSON, in all their versions: a figure can be a number or a string, and anything can be missing or of another kind.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Null when it is no JSON.</summary>
    public static JsonDocument? Parse(IReadOnlyList<string> lines)
    {
        try
        {
            return JsonDocument.Parse(string.Join('\n', lines), Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The element along a path of names; of kind Undefined where there is none.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return default;
            }
        }

        return element;
    }

    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>Clean, and null when empty.</summary>
    public static string? Text(this JsonElement element, int longest = 200) => element.ValueKind switch
    {
        JsonValueKind.String => ProcFigures.Clean(StringOf(element), longest),
        JsonValueKind.Number => ProcFigures.Clean(element.GetRawText(), longest),
        _ => null,
    };

    /// <summary>A count from zero on.</summary>
    public static long? Whole(this JsonElement element) => ProcFigures.Whole(element.Text(24));

    public static double? Number(this JsonElement element) =>
        double.TryParse(element.Text(40), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>From 0 to 100.</summary>
    public static double? Percent(this JsonElement element) => element.Number() is { } value and >= 0 and <= 100 ? value : null;

    public static bool? Flag(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => element.Text(8) switch { "1" => true, "0" => false, _ => null },
    };

    /// <summary>A string with half a surrogate in it cannot be read as one.</summary>
    private static string? StringOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
