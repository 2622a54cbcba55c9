using System.Text;

namespace HomelabDashboard.Components.Shared;

/// <summary>The path data of a small line in a box of 200 × 40.</summary>
public readonly record struct SparklinePath(string Line, string Area)
{
    private const int Width = 200;
    private const int Height = 40;
    private const int MostPoints = 60;

    public static readonly SparklinePath Empty = new("", "");

    /// <param name="values">Oldest first; null is a gap. More than 60 are averaged.</param>
    /// <param name="max">The value at the top; null: the greatest there is.</param>
    public static SparklinePath Of(IReadOnlyList<double?> values, double? max)
    {
        var points = Thin(values);
        var top = max ?? Math.Max(points.Max() ?? 0, double.Epsilon) * 1.1;
        if (points.Count < 2 || top <= 0)
        {
            return Empty;
        }

        var line = new StringBuilder();
        var area = new StringBuilder();
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i] is not { } value)
            {
                continue;
            }

            var x = Format.Css((double)i / (points.Count - 1) * Width);
            var y = Format.Css(Height - (Math.Clamp(value / top, 0, 1) * Height));
            var starts = i == 0 || points[i - 1] is null;
            line.Append(starts ? 'M' : 'L').Append(x).Append(' ').Append(y);
            area.Append(starts ? $"M{x} {Height}L" : "L").Append(x).Append(' ').Append(y);
            if (i == points.Count - 1 || points[i + 1] is null)
            {
                area.Append('L').Append(x).Append(' ').Append(Height).Append('Z');
            }
        }

        return new(line.ToString(), area.ToString());
    }

    private static IReadOnlyList<double?> Thin(IReadOnlyList<double?> values)
    {
        if (values.Count <= MostPoints)
        {
            return values;
        }

        var thinned = new double?[MostPoints];
        for (var i = 0; i < MostPoints; i++)
        {
            double sum = 0;
            var count = 0;
            for (var j = i * values.Count / MostPoints; j < (i + 1) * values.Count / MostPoints; j++)
            {
                if (values[j] is { } value)
                {
                    sum += value;
                    count++;
                }
            }

            thinned[i] = count == 0 ? null : sum / count;
        }

        return thinned;
    }
}
