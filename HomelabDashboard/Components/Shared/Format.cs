using System.Globalization;

namespace HomelabDashboard.Components.Shared;

/// <summary>Figures in words, the same everywhere and for every language of the server. What is unknown is a dash.</summary>
public static class Format
{
    public const string Unknown = "–";

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private static readonly string[] Prefixes = ["", "k", "M", "G", "T", "P"];

    /// <summary>Such as <c>31%</c>.</summary>
    public static string Percent(double? value) => value is { } v ? Math.Round(v).ToString("0", Plain) + "%" : Unknown;

    public static string Number(double? value, int digits = 0) =>
        value is { } v ? v.ToString("F" + digits.ToString(Plain), Plain) : Unknown;

    /// <summary>With separators, such as <c>48,213</c>.</summary>
    public static string Count(long value) => value.ToString("N0", Plain);

    /// <summary>Such as <c>1.2 GB</c>, in steps of a thousand.</summary>
    public static string Bytes(double? bytes) => Scaled(bytes, "B");

    /// <summary>Of bytes a second: such as <c>3.4 MB/s</c>.</summary>
    public static string ByteRate(double? bytesPerSecond) => Scaled(bytesPerSecond, "B/s");

    /// <summary>Of bytes a second: such as <c>214 Mbit/s</c>, as networks are rated.</summary>
    public static string BitRate(double? bytesPerSecond) => Scaled(bytesPerSecond * 8, "bit/s");

    /// <summary>Of mebibytes, as kernels count memory: such as <c>10.6 GB</c>.</summary>
    public static string Memory(double? mebibytes) => mebibytes switch
    {
        null => Unknown,
        < 1000 => Math.Round(mebibytes.Value).ToString("0", Plain) + " MB",
        _ => Short(mebibytes.Value / 1024) + " GB",
    };

    /// <summary>Of gigabytes: such as <c>465 GB</c> or <c>3.6 TB</c>.</summary>
    public static string Gigabytes(double? gigabytes) => gigabytes switch
    {
        null => Unknown,
        >= 1000 => Short(gigabytes.Value / 1000) + " TB",
        _ => Short(gigabytes.Value) + " GB",
    };

    public static string Temperature(double? celsius) => celsius is { } c ? Math.Round(c).ToString("0", Plain) + " °C" : Unknown;

    /// <summary>The two greatest units at most: <c>41 days</c>, <c>5 h 12 min</c>, <c>1 min 12 s</c>, <c>4 s</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }

        return span switch
        {
            { TotalDays: >= 3 } => Text(span.Days, "days"),
            { TotalDays: >= 1 } => Pair(span.Days, span.Days == 1 ? "day" : "days", span.Hours, "h"),
            { TotalHours: >= 1 } => Pair(span.Hours, "h", span.Minutes, "min"),
            { TotalMinutes: >= 1 } => Pair(span.Minutes, "min", span.Seconds, "s"),
            _ => Text(span.Seconds, "s"),
        };
    }

    /// <summary>One unit: <c>just now</c>, <c>4 s ago</c>, <c>14 min ago</c>, <c>2 h ago</c>, <c>3 days ago</c>; a time to come is <c>in 5 min</c>.</summary>
    public static string Relative(TimeSpan age) =>
        Math.Abs(age.TotalSeconds) < 1 ? "just now" : age < TimeSpan.Zero ? "in " + OneUnit(-age) : OneUnit(age) + " ago";

    /// <summary>One unit: <c>5 h old</c>, <c>12 days old</c>, <c>3 months old</c>, <c>2 years old</c>.</summary>
    public static string Age(TimeSpan age) => age.TotalDays switch
    {
        >= 730 => Text((long)(age.TotalDays / 365.25), "years"),
        >= 61 => Text((long)(age.TotalDays / 30.44), "months"),
        _ => OneUnit(age > TimeSpan.Zero ? age : TimeSpan.Zero),
    } + " old";

    /// <summary>For use in a style or an attribute.</summary>
    public static string Css(double value) => value.ToString("0.##", Plain);

    /// <summary><c>1 host</c>, <c>2 hosts</c>.</summary>
    public static string Plural(int count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A count at the start of a sentence: <c>One</c> to <c>Nine</c>, then digits.</summary>
    public static string CountWord(int count) => count switch
    {
        1 => "One",
        2 => "Two",
        3 => "Three",
        4 => "Four",
        5 => "Five",
        6 => "Six",
        7 => "Seven",
        8 => "Eight",
        9 => "Nine",
        _ => Count(count),
    };

    /// <summary>Three significant digits at most.</summary>
    private static string Short(double value) => value switch
    {
        >= 100 => Math.Round(value).ToString("0", Plain),
        >= 10 => value.ToString("0.#", Plain),
        _ => value.ToString("0.##", Plain),
    };

    private static string Scaled(double? value, string unit)
    {
        if (value is not { } v)
        {
            return Unknown;
        }

        var step = 0;
        while (Math.Abs(v) >= 999.5 && step < Prefixes.Length - 1)
        {
            v /= 1000;
            step++;
        }

        return $"{(step == 0 ? Math.Round(v).ToString("0", Plain) : Short(v))} {Prefixes[step]}{unit}";
    }

    private static string OneUnit(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => Text((long)span.TotalDays, "days"),
        { TotalHours: >= 2 } => Text((long)span.TotalHours, "h"),
        { TotalMinutes: >= 1 } => Text((long)span.TotalMinutes, "min"),
        _ => Text((long)span.TotalSeconds, "s"),
    };

    private static string Pair(long first, string firstUnit, long second, string secondUnit) =>
        second == 0 ? Text(first, firstUnit) : $"{Text(first, firstUnit)} {Text(second, secondUnit)}";

    private static string Text(long value, string unit) => $"{value.ToString(Plain)} {unit}";
}
