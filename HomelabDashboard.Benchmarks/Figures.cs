using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Benchmarks;

/// <summary>Times of the same thing done many times.</summary>
internal sealed class Figures
{
    private readonly List<double> _milliseconds = [];

    public double P50 => At(0.5);

    public double P95 => At(0.95);

    public double P99 => At(0.99);

    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    public async Task MeasureAsync(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.00} ms, p99 {P99:0.00} ms, {_milliseconds.Count} times");

    private double At(double part)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted[Math.Min((int)(part * sorted.Count), sorted.Count - 1)];
    }
}
