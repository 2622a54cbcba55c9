namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>The engine did not answer in time; it may still answer other questions.</summary>
public sealed class EngineLateException(string message, Exception inner) : IOException(message, inner);
