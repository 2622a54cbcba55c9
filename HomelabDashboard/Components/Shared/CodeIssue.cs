namespace HomelabDashboard.Components.Shared;

/// <summary>Something that a <see cref="CodeEditor"/> shows in its margin.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1; null: the whole line.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
public sealed record CodeIssue(int Line, int? Column, string Severity, string Message);
