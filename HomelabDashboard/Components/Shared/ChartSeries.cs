namespace HomelabDashboard.Components.Shared;

/// <param name="Label">In the legend and under the cursor.</param>
/// <param name="Color">A custom property of styles/tokens.css, such as <c>--series-1</c>.</param>
public sealed record ChartSeries(string Label, string Color);
