using System.Net;

namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>The engine refused, or answered in a way that was not expected. Its message is the engine's own words, cut to a bearable length.</summary>
public sealed class EngineException(string message, HttpStatusCode? status = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Null where the engine gave no answer that could be read.</summary>
    public HttpStatusCode? Status => status;
}
