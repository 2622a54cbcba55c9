namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>One line that a container wrote.</summary>
/// <param name="At">When the engine took it in, UTC; null where it did not say.</param>
/// <param name="IsError">It came on standard error; a container with a TTY has one stream alone.</param>
/// <param name="Text">Without its line end, as it was written: it may hold control characters.</param>
public readonly record struct LogLine(DateTime? At, bool IsError, string Text);
