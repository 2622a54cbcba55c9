namespace HomelabDashboard.Components.Shared;

/// <summary>Something that happened at one time, on a <see cref="TimeChart"/>.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Word">Short, such as <c>reboot</c>.</param>
public sealed record ChartMark(double At, string Word);
