namespace HomelabDashboard.Data;

/// <summary>The data folder cannot be used, for a reason that its owner can mend: the message says which, and what to do.</summary>
public sealed class DataFolderException(string message, Exception reason) : Exception(message, reason);
