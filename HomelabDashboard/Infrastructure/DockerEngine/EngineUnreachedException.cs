namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>There was no connection to the engine, so nothing was asked of it.</summary>
public sealed class EngineUnreachedException(string message, Exception? inner = null) : IOException(message, inner);
