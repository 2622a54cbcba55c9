namespace HomelabDashboard.Infrastructure.Ttyd;

/// <summary>ttyd could not be started or no longer does its work; the message says so in words for a person.</summary>
public sealed class TtydException(string message, Exception? innerException = null) : Exception(message, innerException);
