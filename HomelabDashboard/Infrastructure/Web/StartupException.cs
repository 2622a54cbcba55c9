namespace HomelabDashboard.Infrastructure.Web;

/// <summary>The program cannot start, for a reason that its owner can mend: the message says which, and what to do.</summary>
public sealed class StartupException(string message) : Exception(message);
